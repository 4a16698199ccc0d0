//go:build unix

package perfbisect

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/program"
)

// commandVariable makes the test program the command under test. Its value is the program
// that stands in for assay.
const commandVariable = "PERFBISECT_TEST_COMMAND"

func TestMain(m *testing.M) {
	if self := os.Getenv(commandVariable); self != "" {
		root := program.New("assay", "A test", []*cobra.Command{command(func() (string, error) { return self, nil })})
		os.Exit(program.Run(context.Background(), root, append([]string{"perf-bisect"}, os.Args[1:]...), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// project is a repository whose commits say in a file how slow they are.
type project struct {
	t   *testing.T
	dir string
	env []string
	log string
}

// newProject makes a commit for each speed, tagged c0, c1, …
func newProject(t *testing.T, speeds ...string) *project {
	t.Helper()
	t.Parallel()
	stub, err := filepath.Abs("testdata/assay.sh")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: filepath.Join(top, "project"), log: filepath.Join(top, "calls")}
	p.env = append(os.Environ(), commandVariable+"="+stub, "STUB_LOG="+p.log, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if err := os.Mkdir(p.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.git("init", "-q", "-b", "main")
	for i, speed := range speeds {
		p.write("speed", speed)
		p.git("add", "-A")
		p.git("commit", "-q", "--allow-empty", "-m", fmt.Sprintf("change %d", i))
		p.git("tag", fmt.Sprintf("c%d", i))
	}
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text+"\n"), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) git(args ...string) string {
	p.t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = p.dir, p.env
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// run runs the command with settings of the environment before its arguments, and returns
// its exit status; -1 if it was killed.
func (p *project) run(args ...string) (status int, stdout, stderr string) {
	p.t.Helper()
	env := p.env
	for len(args) > 0 && strings.HasPrefix(args[0], "STUB_") {
		env, args = append(env[:len(env):len(env)], args[0]), args[1:]
	}
	c := exec.Command(os.Args[0], args...)
	var out, errs bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr = p.dir, env, &out, &errs
	_ = c.Run()
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// calls returns how many checks were made so far.
func (p *project) calls() int {
	text, _ := os.ReadFile(p.log)
	return strings.Count(string(text), "\n")
}

func want(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}

// The commit is found, told with its checks, how sure it is, and why; the checkout, its
// branch and a bisection of git's own stay as they were.
func TestCommand(t *testing.T) {
	p := newProject(t, "100", "100", "100", "110", "110", "110", "110")
	p.git("bisect", "start")
	p.git("bisect", "bad", "c6")
	p.git("bisect", "good", "c0")
	was := p.git("status", "--branch", "--porcelain") + p.git("bisect", "log") + p.git("worktree", "list") + p.git("for-each-ref")
	status, stdout, stderr := p.run("--out", "o", "--micro", "./...", "--micro", "./x", "--bench", "^B$", "--margin", "7%", "--short", "c0", "c6")
	if status != 0 {
		t.Fatalf("status %d\n%s%s", status, stdout, stderr)
	}
	want(t, "stdout", stdout, p.git("rev-parse", "c3")[:12]+" (change 3) made it slower\n", "(change 3) against GOOD: regression, B sec/op worse by 10.0 % [9.0, 11.0]",
		"against its parent "+p.git("rev-parse", "c2")[:12]+": regression", "How sure: ", "at most 0.8 % of searches name a wrong one", "the cause of regression")
	want(t, "stderr", stderr, "6 commits between", "check 4: ")
	text, _ := os.ReadFile(p.log)
	want(t, "calls", string(text), "--patient --explain never --out ", "--repo="+p.dir+" --bench=^B$ --margin=7% --micro=./... --micro=./x --short=true ", "--explain regression")
	os.RemoveAll(filepath.Join(p.dir, "o"))
	if now := p.git("status", "--branch", "--porcelain") + p.git("bisect", "log") + p.git("worktree", "list") + p.git("for-each-ref"); now != was {
		t.Errorf("it was\n%s\nand is\n%s", was, now)
	}
}

// A search that is killed in any of its checks goes on where it was.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone kills searches")
	}
	p := newProject(t, "100", "100", "100", "110", "110", "110", "110", "110", "110")
	_, want, _ := p.run("--out", "whole", "c0", "c8")
	checks := p.calls()
	os.Remove(p.log)
	status, stdout, kills := -1, "", 0
	for ; status == -1 && kills < 20; kills++ {
		status, stdout, _ = p.run(fmt.Sprintf("STUB_KILL=%d", 2*kills+1), "--out", "o", "c0", "c8")
	}
	if status != 0 || stdout != want {
		t.Errorf("status %d after %d runs\n%s\nwant\n%s", status, kills, stdout, want)
	}
	// One check of each run is made again, and no other.
	if kills != checks+1 || p.calls() != 2*checks {
		t.Errorf("%d runs and %d checks of %d", kills, p.calls(), checks)
	}
	if _, again, _ := p.run("--out", "o", "c0", "c8"); again != want || p.calls() != 2*checks {
		t.Errorf("a finished search is made again")
	}
	status, _, stderr := p.run("--out", "o", "c0", "c7")
	if status != 2 || !strings.Contains(stderr, "holds another search") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		speeds []string
		status int
		stdout []string
	}{
		{"nothing", []string{"100", "100", "100", "100"}, 1, []string{"nothing to find: BAD (c3) is not slower than GOOD (c0)\n", "GOOD may be slow already"}},
		{"skipped", []string{"100", "100", "broken", "110", "110"}, 3, []string{"narrowed: one of these 2 commits", "Skipped, because it does not build: ", "(change 2): harness: scenario s, variant head, block 1: build server s: exit status 1"}},
		{"unclear", []string{"100", "100", "noisy", "noisy", "noisy"}, 3, []string{"cannot tell: BAD (c4)", "Skipped, because its check could not tell: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t, c.speeds...)
			status, stdout, stderr := p.run("c0", fmt.Sprintf("c%d", len(c.speeds)-1))
			if status != c.status {
				t.Errorf("status %d, want %d\n%s", status, c.status, stderr)
			}
			want(t, "stdout", stdout, c.stdout...)
			if folders, _ := filepath.Glob(filepath.Join(p.dir, "perf-bisect-*-*", stateFile)); len(folders) != 1 {
				t.Errorf("the folder is %v", folders)
			}
		})
	}
}

func TestWrongUse(t *testing.T) {
	p := newProject(t, "100", "100", "110")
	p.git("checkout", "-q", "-b", "other", "c1")
	p.git("commit", "-q", "--allow-empty", "-m", "elsewhere")
	p.git("checkout", "-q", "--orphan", "alone")
	p.git("commit", "-q", "-m", "alone")
	p.git("checkout", "-q", "main")
	for _, c := range []struct {
		args []string
		say  string
	}{
		{nil, "want two commits, GOOD and BAD; got 0"},
		{[]string{"c0", "c1", "c2"}, "got 3"},
		{[]string{"c0", "c0"}, "GOOD (c0) and BAD (c0) are the same commit"},
		{[]string{"nowhere", "c2"}, "no commit nowhere in " + p.dir},
		{[]string{"c0", "--", "--output=x"}, "no commit --output=x"},
		{[]string{"c2", "c0"}, "GOOD (c2) comes after BAD (c0): exchange them"},
		{[]string{"c2", "other"}, "GOOD (c2) is no ancestor of BAD (other): use " + p.git("rev-parse", "c1")[:12]},
		{[]string{"alone", "c2"}, "have no commit in common"},
		{[]string{"--repo", filepath.Dir(p.dir), "c0", "c2"}, "is not in a git repository"},
		{[]string{"--shrot", "c0", "c2"}, "unknown flag: --shrot"},
		{[]string{"STUB_FAILS=harness: another measurement is running", "c0", "c2"}, "another measurement is running"},
		{[]string{"STUB_FAILS=scenario s, variant base, block 1: build server s: exit status 1", "c0", "c2"}, "(change 0) does not build, and everything is compared with it"},
	} {
		status, stdout, stderr := p.run(c.args...)
		if status != 2 || stdout != "" {
			t.Errorf("%q: status %d, stdout %q", c.args, status, stdout)
		}
		want(t, fmt.Sprintf("stderr of %q", c.args), stderr, c.say)
	}
	p.write("speed", "uncommitted")
	status, _, stderr := p.run("--out", "dirty", "c0", "c2")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	want(t, "stderr", stderr, "warning: uncommitted changes in "+p.dir+" are not measured")
}

// What was merged counts as one commit, and the answer is compared with the first parent.
func TestMerge(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone searches a history with merges")
	}
	p := newProject(t, "100", "100")
	p.git("checkout", "-q", "-b", "side", "c0")
	p.write("other", "x")
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "side")
	p.git("checkout", "-q", "main")
	p.git("merge", "-q", "--no-ff", "--no-commit", "side")
	p.write("speed", "120")
	p.git("commit", "-qam", "merge")
	p.write("speed", "120")
	p.git("commit", "-q", "--allow-empty", "-m", "after")
	status, stdout, stderr := p.run("c0", "main")
	if status != 0 {
		t.Fatalf("status %d\n%s", status, stderr)
	}
	want(t, "stdout", stdout, p.git("rev-parse", "main~1")[:12]+" (merge) made it slower", "against its parent "+p.git("rev-parse", "c1")[:12])
}
