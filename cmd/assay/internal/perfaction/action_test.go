//go:build unix

package perfaction

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/program"
)

// commandVariable makes the test program the command under test.
const commandVariable = "PERFACTION_TEST_COMMAND"

// stubFile stands in for the other commands of assay. It is a script and no Go program,
// because the tests start it more than a hundred times.
const stubFile = "testdata/assay.sh"

func TestMain(m *testing.M) {
	if self := os.Getenv(commandVariable); self != "" {
		root := program.New("assay", "A test", []*cobra.Command{command(func() (string, error) { return self, nil })})
		os.Exit(program.Run(context.Background(), root, []string{"perf-action"}, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// job is a repository with two commits, and the files that GitHub gives to a step.
type job struct {
	t                *testing.T
	dir, temp        string
	outputs, summary string
	env              []string
}

func newJob(t *testing.T) *job {
	t.Parallel()
	stub, err := filepath.Abs(stubFile)
	if err != nil {
		t.Fatal(err)
	}
	top := t.TempDir()
	j := &job{t: t, dir: filepath.Join(top, "repository"), temp: filepath.Join(top, "temp"),
		outputs: filepath.Join(top, "outputs"), summary: filepath.Join(top, "job")}
	for _, dir := range []string{j.dir, j.temp} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	j.env = append(os.Environ(), commandVariable+"="+stub, "RUNNER_TEMP="+j.temp, "GITHUB_OUTPUT="+j.outputs, "GITHUB_STEP_SUMMARY="+j.summary,
		"GITHUB_SERVER_URL=", "GITHUB_REPOSITORY=", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	j.git("init", "-q", "-b", "main")
	j.commit()
	j.commit()
	return j
}

func (j *job) git(args ...string) string {
	j.t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = j.dir, j.env
	out, err := c.CombinedOutput()
	if err != nil {
		j.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit makes a commit and returns its full name.
func (j *job) commit() string {
	j.t.Helper()
	j.git("commit", "-q", "--allow-empty", "-m", "a commit")
	return j.git("rev-parse", "HEAD")
}

// run runs the command with further settings of the environment, and wants an exit
// status.
func (j *job) run(status int, env ...string) (stdout, stderr string) {
	j.t.Helper()
	c := exec.Command(os.Args[0])
	var out, errs bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr = j.dir, append(j.env[:len(j.env):len(j.env)], env...), &out, &errs
	err := c.Run()
	if got := c.ProcessState.ExitCode(); got != status {
		j.t.Errorf("%q: exit status %d (%v), want %d\n%s%s", env, got, err, status, &out, &errs)
	}
	return out.String(), errs.String()
}

// read is the content of a file, empty if there is none, and removes the file.
func (j *job) read(path string) string {
	text, _ := os.ReadFile(path)
	os.Remove(path)
	return string(text)
}

// A wrong input is one annotation, and nothing is measured.
func TestWrongInputs(t *testing.T) {
	j := newJob(t)
	j.git("branch", "first", "HEAD^1")
	for _, c := range []struct{ name, env, want string }{
		{"no commit before", "HEAD=first", "first^1: no such commit here; actions/checkout has to fetch it: fetch-depth: 0 gets them all"},
		{"no commit", "BASE=main\nHEAD=elsewhere", "elsewhere: no such commit"},
		{"an option for a commit", "BASE=--output=x\nHEAD=HEAD", "--output=x: no such commit"},
		{"a command in a name", "BASE=x\r::warning::y%", "x%0D::warning::y%25: no such commit"},
		{"short", "SHORT=yes", `short: "yes": want true or false`},
		{"control", "CONTROL=1", `control: "1": want true or false`},
		{"inconclusive", "INCONCLUSIVE=pass", `inconclusive: "pass": want fail or warn`},
		{"explain", "EXPLAIN=maybe", `explain: "maybe": want never, regression or always`},
		{"regression", "REGRESSION=maybe", `regression: "maybe": want fail or warn`},
	} {
		stdout, stderr := j.run(2, strings.Split(c.env, "\n")...)
		if !strings.HasPrefix(stdout, "::error title=The performance check could not be made::"+c.want) || strings.Count(stdout, "\n") != 1 || stderr != "" {
			t.Errorf("%s: %q, %q", c.name, stdout, stderr)
		}
		if outputs := j.read(j.outputs); outputs != "verdict=unusable\n" {
			t.Errorf("%s: outputs %q", c.name, outputs)
		}
	}
}

// Every input reaches perf-check, and what is told depends on the verdict.
func TestVerdicts(t *testing.T) {
	j := newJob(t)
	head := j.git("rev-parse", "HEAD")
	for _, c := range []struct {
		name    string
		env     []string
		status  int
		verdict string
	}{
		{"pass", nil, 0, "pass"},
		{"regression", []string{"STUB_STATUS=1"}, 1, "regression"},
		{"regression that warns", []string{"STUB_STATUS=1", "REGRESSION=warn"}, 0, "regression"},
		{"inconclusive", []string{"STUB_STATUS=3"}, 0, "inconclusive"},
		{"inconclusive that fails", []string{"STUB_STATUS=3", "INCONCLUSIVE=fail"}, 3, "inconclusive"},
	} {
		stdout, stderr := j.run(c.status, append(c.env, "SCENARIOS= perf/a.yaml\n\nperf/b c.yaml\n", "MICRO=./...", "MARGIN=5%", "SHORT=true", "CONTROL=true", "EXPLAIN=always", "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=o/r")...)
		log := strings.Split(strings.TrimSpace(stdout), "\n")
		secret, muted := strings.CutPrefix(log[0], "::stop-commands::")
		if len(log) != 4 || !muted || len(secret) != 32 || log[1] != "::warning::from a program of the pull request" || log[2] != "::"+secret+"::" || log[3] != "::notice::the verdict" {
			t.Errorf("%s: the log is %q: want commands to be obeyed at its end alone", c.name, log)
		}
		out := filepath.Join(filepath.Dir(outputOf(t, j, "bundle="+j.temp, "verdict="+c.verdict)), "check")
		if want := strings.Join([]string{"called:", "perf-check", "HEAD^1", "HEAD", "--out", out, "--why", filepath.Join(filepath.Dir(out), "why"),
			"--explain", "always", "--source", "https://github.com/o/r/blob/" + head, "--scenarios", "perf/a.yaml", "--scenarios", "perf/b c.yaml", "--micro", "./...", "--margin", "5%", "--short", "--control"}, "|") + "\n"; !strings.HasPrefix(stderr, want) {
			t.Errorf("%s: %q, want %q", c.name, stderr, want)
		}
		if summary, want := j.read(j.summary), "the summary\n\nthe plot\n"; summary != want {
			t.Errorf("%s: the summary is %q, want %q", c.name, summary, want)
		}
	}
}

// outputOf wants two outputs that begin so, and returns the bundle's folder.
func outputOf(t *testing.T, j *job, bundle, verdict string) string {
	t.Helper()
	lines := strings.Split(j.read(j.outputs), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], bundle) || lines[1] != verdict {
		t.Fatalf("the outputs are %q, want %s… and %s", lines, bundle, verdict)
	}
	return strings.TrimPrefix(lines[0], "bundle=")
}

// A check that could not be made is one annotation, whatever the reason holds, and the
// job has no summary. A report that fails must not look like a verdict either.
func TestFailures(t *testing.T) {
	j := newJob(t)
	for _, c := range []struct {
		name, want string
		env        []string
	}{
		{"a reason", "harness: no\nperf-check: x%\r::warning::y\n", []string{"STUB_STATUS=2", "STUB_WHY=harness: no\nperf-check: x%\r::warning::y\n"}},
		{"no reason", "assay perf-check failed (assay perf-check: exit status 2): see the log", []string{"STUB_STATUS=2"}},
		{"a crash", "assay perf-check failed (assay perf-check: exit status 9): see the log", []string{"STUB_STATUS=9"}},
		{"no report", "assay report: exit status 1", []string{"STUB_FAILS=report"}},
	} {
		stdout, _ := j.run(2, c.env...)
		log := strings.Split(strings.TrimSpace(stdout), "\n")
		want := "::error title=The performance check could not be made::" + strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.TrimSpace(c.want))
		if len(log) != 4 || log[3] != want {
			t.Errorf("%s: the log is %q, want %q at its end", c.name, log, want)
		}
		if outputs := j.read(j.outputs); !strings.HasSuffix(outputs, "verdict=unusable\n") {
			t.Errorf("%s: outputs %q", c.name, outputs)
		}
		if summary := j.read(j.summary); summary != "" {
			t.Errorf("%s: there is a summary: %q", c.name, summary)
		}
	}
}

// A history gives the reference: the newest tag, else what it knows, else the parent.
// Short checks are a series of their own.
func TestHistory(t *testing.T) {
	j := newJob(t)
	first, second, third := j.git("rev-parse", "HEAD^1"), j.git("rev-parse", "HEAD"), j.commit()
	history := filepath.Join(j.temp, "history")
	file := filepath.Join(history, referenceFile)
	trend := func(want string, env ...string) {
		t.Helper()
		j.run(0, append(env, "HISTORY="+history)...)
		if summary := j.read(j.summary); !strings.HasSuffix(summary, want) {
			t.Errorf("%q: the summary is %q, want %q at its end", env, summary, want)
		}
	}
	trend("### Trend against "+second[:12]+"\n\n1 verdicts\n", "HEAD="+third)
	if got := j.read(file); got != second+"\n" {
		t.Errorf("the reference is %q, want the parent %s", got, second)
	}
	if err := os.WriteFile(file, []byte(first+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	trend("### Trend against " + first[:12] + "\n\n1 verdicts\n")
	trend("### Trend against "+first[:12]+"\n\n1 verdicts\n", "SHORT=true")
	if _, err := os.Stat(filepath.Join(history, first+shortSuffix)); err != nil {
		t.Error(err)
	}
	trend("### Trend against "+second[:12]+"\n\n2 verdicts\n", "BASE="+second, "HEAD=HEAD^1")
	if got, _ := os.ReadFile(file); string(got) != first+"\n" {
		t.Errorf("the reference is %q: a base that was chosen once replaced %s", got, first)
	}
	j.git("tag", "v1", second)
	j.commit() // another head, so that its verdict has a name of its own
	trend("### Trend against " + second[:12] + "\n\n3 verdicts\n")
	if copies, err := filepath.Glob(filepath.Join(j.temp, "perf-check.*", "check", "history", referenceFile)); err != nil || len(copies) != 5 {
		t.Errorf("%d copies of the history are in the results (%v), want 5", len(copies), err)
	}
}
