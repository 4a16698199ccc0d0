//go:build unix

// Package scripts holds no code: its tests run the scripts.
package scripts

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// project is a repository with two commits, tagged base and head, whose harness
// and analysis are stubs. They tell what they were asked; how long a
// measurement takes, and how it turns out, is not what these tests are about.
type project struct {
	t              *testing.T
	dir, log, temp string
	env            []string
}

func newProject(t *testing.T) *project {
	t.Helper()
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: no %s", tool)
		}
	}
	top := t.TempDir()
	p := &project{t: t, dir: filepath.Join(top, "project"), log: filepath.Join(top, "calls"), temp: filepath.Join(top, "tmp")}
	p.env = append(os.Environ(), "STUB_LOG="+p.log, "TMPDIR="+p.temp, "GOWORK=off", "GOFLAGS=",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if err := os.Mkdir(p.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	stub := read(t, "testdata/stub.go.txt")
	p.write("go.mod", "module github.com/assay-bench/assay\n\ngo 1.24\n")
	p.write("harness/main.go", stub)
	p.write("analysis/main.go", stub)
	p.write("scripts/perf-check.sh", read(t, "perf-check.sh"))
	for _, name := range []string{"closed", "open", "short/open", "control/open"} {
		p.write("scenarios/gate/"+name+".yaml", name)
	}
	p.git("init", "-q")
	p.commit("base")
	p.write("scenarios/gate/open.yaml", "easier")
	p.write("scenarios/gate/more.yaml", "more")
	p.write("scenarios/gate/control/open.yaml", "easier")
	p.git("rm", "-q", "scenarios/gate/closed.yaml")
	p.commit("head")
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	write(p.t, filepath.Join(p.dir, name), text)
}

func (p *project) git(args ...string) string {
	p.t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = p.dir, p.env
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// commit commits everything under a tag.
func (p *project) commit(tag string) {
	p.t.Helper()
	p.git("add", "-A")
	p.git("commit", "-q", "-m", tag)
	p.git("tag", "-f", tag)
}

// command is the script with settings of the environment before its arguments.
func (p *project) command(args ...string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	env := p.env
	for len(args) > 0 && strings.HasPrefix(args[0], "STUB_") {
		env, args = append(env[:len(env):len(env)], args[0]), args[1:]
	}
	c = exec.Command(filepath.Join(p.dir, "scripts", "perf-check.sh"), args...)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	c.Dir, c.Env, c.Stdout, c.Stderr = p.dir, env, stdout, stderr
	return c, stdout, stderr
}

// check runs the script, wants that status, and nothing left behind.
func (p *project) check(status int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	c, out, errs := p.command(args...)
	err := c.Run()
	if got := c.ProcessState.ExitCode(); got != status {
		p.t.Errorf("%v: exit status %d (%v), want %d\n%s", args, got, err, status, errs)
	}
	p.clean()
	return out.String(), errs.String()
}

// clean wants that no checkout and no temporary file is left.
func (p *project) clean() {
	p.t.Helper()
	if list := strings.Count(p.git("worktree", "list"), "\n"); list != 1 {
		p.t.Errorf("worktrees left:\n%s", p.git("worktree", "list"))
	}
	left, err := filepath.Glob(filepath.Join(p.temp, "*"))
	if err != nil || len(left) > 0 {
		p.t.Errorf("left in TMPDIR: %v (%v)", left, err)
	}
}

// calls are those of harness and analysis since the last time.
func (p *project) calls() string {
	p.t.Helper()
	text := read(p.t, p.log)
	if err := os.Remove(p.log); err != nil {
		p.t.Fatal(err)
	}
	return text
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func want(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}

func TestPassOnTheFirstLook(t *testing.T) {
	p := newProject(t)
	stdout, stderr := p.check(0, "--out", "o", "base", "head")
	if stdout != "verdict 0 after 10 blocks\n" {
		t.Errorf("stdout is %q", stdout)
	}
	calls := strings.ReplaceAll(p.calls(), p.dir, "")
	want(t, "calls", calls,
		"harness run --out /o/bundle --blocks 10 base/scenarios/gate/closed.yaml base/scenarios/gate/open.yaml\n",
		"harness micro --out /o/bundle --blocks 10 --variant base=base --variant head=head --bench ",
		"analysis gate /o/bundle --base base --head head --markdown table.md\n",
		"analysis gate /o/bundle --base base --head head --json\n")
	if n := strings.Count(calls, "\n"); n != 4 {
		t.Errorf("%d calls:\n%s", n, calls)
	}
	notes := []string{"not gated: the change of scenarios/gate/open.yaml in HEAD", "not gated: scenarios/gate/more.yaml is new in HEAD"}
	want(t, "stderr", stderr, notes...)
	want(t, "summary.md", read(t, p.dir+"/o/summary.md"), append(notes, "a table\n", strings.TrimSpace(p.git("rev-parse", "base")))...)
	want(t, "verdict.json", read(t, p.dir+"/o/verdict.json"), `{"status": 0}`)
}

func TestSecondLookDecides(t *testing.T) {
	for _, c := range []struct {
		first, second string
		status        int
	}{
		{"1", "", 0}, {"1", "1", 1}, {"1", "3", 3}, {"3", "", 0}, {"3", "1", 1}, {"3", "3", 3}, {"3", "2", 2},
	} {
		t.Run(c.first+c.second, func(t *testing.T) {
			p := newProject(t)
			stdout, stderr := p.check(c.status, "STUB_GATE_10="+c.first, "STUB_GATE_20="+c.second, "--out", "o", "base", "head")
			want(t, "calls", p.calls(), "--blocks 20 --resume base/", "--blocks 20 --variant base=base")
			want(t, "stderr", stderr, "verdict "+c.first+" after 10 blocks\n")
			if c.status != 2 && stdout != fmt.Sprintf("verdict %d after 20 blocks\n", c.status) {
				t.Errorf("stdout is %q", stdout)
			}
		})
	}
}

// A run that gave up on a busy machine is judged by what it has.
func TestBusyMachine(t *testing.T) {
	p := newProject(t)
	stdout, stderr := p.check(3, "STUB_BUSY=1", "STUB_GATE_10=3", "STUB_GATE_20=3", "--out", "o", "base", "head")
	want(t, "stderr", stderr, "the machine is too busy; judging the blocks that there are")
	want(t, "stdout", stdout, "verdict 3 after 20 blocks")
	p.check(2, "STUB_BUSY=1", "STUB_GATE_10=2", "--out", "o2", "base", "head")
}

// That the first look's run gave up on a busy machine says nothing about why the
// second look's run could not go on.
func TestBusyMachineAndThenAnother(t *testing.T) {
	p := newProject(t)
	stdout, stderr := p.check(2, "STUB_BUSY=1", "STUB_RESUME_FAILS=1", "STUB_GATE_10=1", "STUB_GATE_20=1", "--out", "o", "base", "head")
	want(t, "stderr", stderr, "verdict 1 after 10 blocks", "another measurement is running", "the scenarios could not be measured")
	if stdout != "" {
		t.Errorf("stdout is %q", stdout)
	}
}

func TestWhatIsMeasured(t *testing.T) {
	p := newProject(t)
	p.check(0, "--short", "base", "head")
	want(t, "calls", p.calls(), "/results/runs/check-", "--blocks 10 base/scenarios/gate/short/open.yaml\n")
	p.check(0, "--short", "--out", "o5", "--scenarios", "scenarios/gate/open.yaml", "base", "head")
	want(t, "calls", p.calls(), "--blocks 10 base/scenarios/gate/short/open.yaml\n")
	_, stderr := p.check(0, "--control", "--out", "o1", "base", "head")
	want(t, "calls", p.calls(), "base/scenarios/gate/closed.yaml base/scenarios/gate/control/open.yaml\n")
	want(t, "stderr", stderr, "not gated: the change of scenarios/gate/control/open.yaml", "scenarios/gate/closed.yaml is not in HEAD any more")
	p.check(0, "--out", "o2", "--scenarios", "scenarios/gate/open.yaml", "--scenarios", "./scenarios/gate/more.yaml", "base", "head")
	want(t, "calls", p.calls(), "--blocks 10 base/scenarios/gate/open.yaml "+p.dir+"/./scenarios/gate/more.yaml\n")
	p.check(0, "--out", "o3", "--micro", "./x", "--bench", "^BenchmarkA b$", "--benchtime", "10x", "--margin", "7%", "base", "head")
	want(t, "calls", p.calls(), "--bench ^BenchmarkA b$ --benchtime 10x ./x\n", "--head head --margin 7% --json")
	p.write("scenarios/gate/open.yaml", "uncommitted")
	_, stderr = p.check(0, "--out", "o4", "base", "head")
	want(t, "stderr", stderr, "uncommitted changes in "+p.dir+" are not measured")
}

// The first benchmarks of a project have nothing to be compared with.
func TestFirstBenchmarks(t *testing.T) {
	p := newProject(t)
	p.write("x/x_test.go", "package x\n\nimport \"testing\"\n\nfunc BenchmarkX(b *testing.B) {}\n")
	p.commit("first")
	_, stderr := p.check(0, "--micro", "./x", "--out", "o1", "head", "first")
	want(t, "stderr", stderr, "not gated: the Go benchmarks of ./x are new in HEAD")
	if calls := p.calls(); strings.Contains(calls, "harness micro") {
		t.Errorf("they were measured:\n%s", calls)
	}
	p.write("x/x.go", "package x\n")
	p.commit("second")
	p.check(0, "--micro", "./x", "--out", "o2", "first", "second")
	want(t, "calls", p.calls(), "harness micro --out "+p.dir+"/o2/bundle ")
}

// What --bench names is what counts, not what else there is in the packages.
func TestFirstBenchmarksOfAName(t *testing.T) {
	p := newProject(t)
	bench := func(names ...string) {
		text := "package x\n\nimport \"testing\"\n"
		for _, name := range names {
			text += "\nfunc " + name + "(b *testing.B) {}\n"
		}
		p.write("x/x_test.go", text)
	}
	bench("BenchmarkOld", "Benchmarks", "BenchmarkList_2")
	p.commit("old")
	bench("BenchmarkOld", "Benchmarks", "BenchmarkList_2", "BenchmarkNew", "BenchmarkNewer")
	p.commit("new")
	for i, c := range []struct {
		pattern string
		gated   bool
	}{
		{".", true},
		{"Old", true},
		{"Old$|New$", true},
		{"Old/size=4|New/size=4", true},
		{"New/size=4|Old/size=4", true},
		{"New/(a|b)/[/|]|Old", true},
		{"^BenchmarkList_[0-9]$/a", true},
		{"(New|Old)/x", true},
		{`New/\(|Old`, true},
		{"New(", true},    // it is for the harness to say what is wrong with it
		{"Nothing", true}, // nor does HEAD have any: that, too
		{"New", false},
		{"Newer?$", false},
		{"^BenchmarkNew$/Old", false},
		{"New/(Old|b)", false},
		{"New/((Old|b)|Old)", false},
		{"New/Old|Newer/Old", false},
		{"^Benchmarks$|New", false}, // the former is no benchmark
	} {
		_, stderr := p.check(0, "--micro", "./x", "--bench", c.pattern, "--out", fmt.Sprint("o", i), "old", "new")
		note := strings.Contains(stderr, "not gated: the Go benchmarks of ./x are new in HEAD")
		micro := strings.Contains(p.calls(), "harness micro ")
		if note == c.gated || micro != c.gated {
			t.Errorf("--bench %s: measured %v, said to be new %v, want %v and %v\n%s", c.pattern, micro, note, c.gated, !c.gated, stderr)
		}
	}
}

// Each side is measured by its own benchmarks, so what differs between them is
// said: in the packages that are measured, and in no others.
func TestChangedBenchmarks(t *testing.T) {
	p := newProject(t)
	test := func(name, code string) string {
		return "package " + name + "\n\nimport \"testing\"\n\n" + code + "\n"
	}
	const bench, other = "func BenchmarkX(b *testing.B) {}", "func TestX(t *testing.T) {}"
	for _, name := range []string{"x", "y", "z"} {
		p.write(name+"/a_test.go", test(name, bench))
		p.write(name+"/help_test.go", test(name, "var _ = testing.Short"))
	}
	p.write("plain/a_test.go", test("plain", other))
	p.commit("before")
	p.write("x/x.go", "package x\n")
	p.commit("code")
	p.write("x/help_test.go", test("x", "var _ = testing.Verbose"))
	p.write("y/new_test.go", test("y", other))
	p.write("z/a_test.go", test("z", bench+"\n\n"+other)) // not measured
	p.write("plain/a_test.go", test("plain", "func TestY(t *testing.T) {}"))
	p.commit("changed")
	p.git("rm", "-q", "x/help_test.go")
	p.commit("removed")
	const said = "not the same Go benchmarks on both sides, each was measured by its own: "
	for i, c := range []struct{ base, head, note string }{
		{"before", "code", ""},
		{"code", "changed", said + "x/help_test.go, y/new_test.go changed in HEAD"},
		{"before", "removed", said + "x/help_test.go, y/new_test.go changed in HEAD"},
		{"changed", "removed", said + "x/help_test.go changed in HEAD"},
	} {
		out := fmt.Sprint("o", i)
		_, stderr := p.check(0, "--micro", "./x", "--micro", "./y", "--micro", "./plain", "--out", out, c.base, c.head)
		summary := read(t, filepath.Join(p.dir, out, "summary.md"))
		if c.note == "" {
			if strings.Contains(stderr+summary, said) {
				t.Errorf("%s and %s have the same benchmarks:\n%s", c.base, c.head, stderr)
			}
			continue
		}
		want(t, "stderr", stderr, c.note+"\n")
		want(t, "summary.md", summary, c.note+"\n")
	}
}

// A tree that go cannot list is none without benchmarks; one without a module is.
func TestUnlistedBenchmarks(t *testing.T) {
	p := newProject(t)
	p.write("x/x_test.go", "package x\n\nimport \"testing\"\n\nfunc BenchmarkX(b *testing.B) {}\n")
	p.commit("whole")
	mod := read(t, filepath.Join(p.dir, "go.mod"))
	p.write("go.mod", "module github.com/assay-bench/assay\n\nno such line\n")
	p.commit("broken")
	p.git("rm", "-q", "go.mod")
	p.commit("none")
	p.write("go.mod", mod)
	p.commit("whole")
	_, stderr := p.check(2, "--micro", "./x", "--out", "o1", "broken", "whole")
	want(t, "stderr", stderr, "unknown directive: no", "go cannot list the packages ./x of BASE (broken)")
	if _, err := os.Stat(p.log); err == nil {
		t.Errorf("something was measured:\n%s", p.calls())
	}
	_, stderr = p.check(0, "--micro", "./x", "--out", "o2", "none", "whole")
	want(t, "stderr", stderr, "not gated: the Go benchmarks of ./x are new in HEAD")
}

// Another repository is measured by the harness and the analysis of the
// checkout that holds the script.
func TestAnotherRepository(t *testing.T) {
	p := newProject(t)
	other := *p
	other.dir = filepath.Join(filepath.Dir(p.dir), "other")
	other.write("go.mod", "module example.com/other\n")
	other.write("perf/a b.yaml", "a")
	other.git("init", "-q")
	other.commit("base")
	other.git("tag", "head")
	c, _, stderr := p.command("--repo", other.dir, "--scenarios", "perf", "--out", "o", "base", "head")
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	other.clean()
	want(t, "calls", p.calls(), "--blocks 10 base/perf/a b.yaml\n")
}

func TestUnusable(t *testing.T) {
	p := newProject(t)
	p.git("rm", "-rq", "scenarios")
	p.git("commit", "-qm", "bare")
	p.git("tag", "bare")
	p.write("harness/main.go", "package main\n\nfunc main() { it does not compile }\n")
	p.commit("broken")
	p.git("checkout", "-q", "head")
	p.write("done/bundle/x", "x")
	for _, c := range []struct {
		args []string
		say  string
	}{
		{[]string{"base"}, "want two commits, BASE and HEAD; got 1"},
		{[]string{"base", "head", "more"}, "got 3"},
		{[]string{"--shrot", "base", "head"}, "unknown option --shrot"},
		{[]string{"base", "head", "--out"}, "--out wants a value"},
		{[]string{"--margin", "5", "base", "head"}, "--margin 5: want a percentage, like 5% or p99=10%"},
		{[]string{"nowhere", "head"}, "no commit nowhere in " + p.dir + ": fetch it"},
		{[]string{"--repo", p.temp, "base", "head"}, p.temp + " is not in a git repository"},
		{[]string{"--out", "done", "base", "head"}, "holds a check already"},
		{[]string{"bare", "head"}, "BASE (bare) has no scenarios/gate"},
		{[]string{"--scenarios", "scenarios/none", "base", "head"}, "has no scenarios/none"},
		{[]string{"--short", "--scenarios", "scenarios/gate/control", "base", "head"}, "no folder short in scenarios/gate/control"},
		{[]string{"--short", "--scenarios", "scenarios/gate/closed.yaml", "base", "head"}, "no short/closed.yaml beside scenarios/gate/closed.yaml"},
		{[]string{"--control", "--scenarios", "scenarios/gate/closed.yaml", "base", "head"}, "no folder control"},
		{[]string{"base", "broken"}, "syntax error: unexpected name does"},
		{[]string{"STUB_RUN_FAILS=1", "--out", "one", "base", "head"}, "build server server: exit status 1"},
		{[]string{"STUB_GATE_10=2", "--out", "two", "base", "head"}, "the gate could not judge"},
	} {
		stdout, stderr := p.check(2, c.args...)
		want(t, fmt.Sprint("stderr of ", c.args), stderr, c.say)
		if stdout != "" {
			t.Errorf("%v: stdout is %q", c.args, stdout)
		}
	}
}

// A failure that has no message of its own is no verdict either.
func TestFailuresAreNoVerdicts(t *testing.T) {
	p := newProject(t)
	c, _, stderr := p.command("base", "head")
	c.Env = append(c.Env, "TMPDIR="+filepath.Join(p.temp, "nowhere"))
	c.Run()
	if got := c.ProcessState.ExitCode(); got != 2 {
		t.Errorf("no TMPDIR: exit status %d, want 2\n%s", got, stderr)
	}
	p.write(".git/hooks/post-checkout", "#!/bin/sh\nexit 1\n")
	p.check(2, "base", "head")
}

// An interrupted check ends what it started, and leaves no summary.
func TestInterrupted(t *testing.T) {
	for _, s := range []struct {
		signal syscall.Signal
		status int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		if signal.Ignored(s.signal) {
			continue // as in a job of the background; a shell cannot undo it
		}
		t.Run(s.signal.String(), func(t *testing.T) {
			p := newProject(t)
			if err := syscall.Mkfifo(p.log, 0o600); err != nil {
				t.Fatal(err)
			}
			c, _, stderr := p.command("STUB_HANG=1", "--out", "o", "base", "head")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			// Opening the pipe waits for the stub, and reading for its word.
			log, err := os.Open(p.log)
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			var text []byte
			hanging := regexp.MustCompile(`hanging (\d+) (\d+)\n`)
			for hanging.Find(text) == nil {
				more := make([]byte, 4096)
				n, err := log.Read(more)
				if err != nil {
					t.Fatalf("%v after %s\n%s", err, text, stderr)
				}
				text = append(text, more[:n]...)
			}
			if err := c.Process.Signal(s.signal); err != nil {
				t.Fatal(err)
			}
			c.Wait()
			if got := c.ProcessState.ExitCode(); got != s.status {
				t.Errorf("exit status %d, want %d\n%s", got, s.status, stderr)
			}
			p.clean()
			for _, pid := range hanging.FindSubmatch(text)[1:] {
				if err := exec.Command("kill", "-0", string(pid)).Run(); err == nil {
					t.Errorf("process %s still runs", pid)
				}
			}
			if left, _ := filepath.Glob(p.dir + "/o/*.*"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}
