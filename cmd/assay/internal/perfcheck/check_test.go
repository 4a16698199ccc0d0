//go:build unix

package perfcheck

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPassOnTheFirstLook(t *testing.T) {
	p := newAssay(t)
	stdout, stderr := p.check(0, "--out", "o", "base", "head")
	if stdout != "verdict 0 after 6 blocks\n" {
		t.Errorf("stdout is %q", stdout)
	}
	calls := strings.ReplaceAll(p.calls(), p.dir, "")
	want(t, "calls", calls,
		"harness run --out /o/bundle --blocks 6 base/scenarios/gate/closed.yaml base/scenarios/gate/open.yaml\n",
		"harness micro --out /o/bundle --blocks 6 --variant base=base --variant head=head --bench ",
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
		{"3", "", 0}, {"3", "1", 1}, {"3", "3", 3}, {"3", "2", 2},
	} {
		t.Run(c.first+c.second, func(t *testing.T) {
			p := newProject(t)
			stdout, stderr := p.check(c.status, "STUB_GATE_6=3", "STUB_GATE_10="+c.first, "STUB_GATE_14=3", "STUB_GATE_20="+c.second, "--explain", "never", "--out", "o", "--micro", "./harness", "base", "head")
			want(t, "calls", p.calls(), "--blocks 20 --resume base/", "--blocks 20 --variant base=base")
			want(t, "stderr", stderr, "verdict 3 after 6 blocks\n", "verdict "+c.first+" after 10 blocks\n", "verdict 3 after 14 blocks\n")
			if c.status != 2 && stdout != fmt.Sprintf("verdict %d after 20 blocks\n", c.status) {
				t.Errorf("stdout is %q", stdout)
			}
		})
	}
}

// A regression at the first look is not measured again.
func TestRegressionIsFinal(t *testing.T) {
	p := newProject(t)
	stdout, _ := p.check(1, "STUB_GATE_6=1", "--explain", "never", "--out", "o", "base", "head")
	want(t, "stdout", stdout, "verdict 1 after 6 blocks")
	if strings.Contains(p.calls(), "--resume") {
		t.Errorf("a second look was made:\n%s", p.calls())
	}
}

// A run that gave up on a busy machine is judged by what it has.
func TestBusyMachine(t *testing.T) {
	p := newProject(t)
	stdout, stderr := p.check(3, "STUB_BUSY=1", "STUB_GATE_6=3", "STUB_GATE_10=3", "STUB_GATE_14=3", "STUB_GATE_20=3", "--out", "o", "base", "head")
	want(t, "stderr", stderr, "the machine is too busy; judging the blocks that were finished")
	want(t, "stdout", stdout, "verdict 3 after 20 blocks")
	p.check(2, "STUB_BUSY=1", "STUB_GATE_6=2", "--out", "o2", "base", "head")
}

// That the first look's run gave up on a busy machine says nothing about why the
// second look's run could not go on.
func TestBusyMachineAndThenAnother(t *testing.T) {
	p := newProject(t)
	stdout, stderr := p.check(2, "STUB_BUSY=1", "STUB_RESUME_FAILS=1", "STUB_GATE_6=3", "STUB_GATE_10=1", "--out", "o", "base", "head")
	want(t, "stderr", stderr, "verdict 3 after 6 blocks", "another measurement is running", "the scenarios could not be measured")
	if stdout != "" {
		t.Errorf("stdout is %q", stdout)
	}
}

func TestWhatIsMeasured(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes so many checks")
	}
	p := newProject(t)
	p.check(0, "--short", "base")
	want(t, "calls", p.calls(), p.dir+"/perf-check-", "--blocks 6 base/scenarios/gate/short/open.yaml\n")
	p.check(0, "--out", "o3", "--micro", "./x", "--bench", "^BenchmarkA b$", "--benchtime", "10x", "--margin", "7%", "base", "head")
	want(t, "calls", p.calls(), "--bench ^BenchmarkA b$ --benchtime 10x ./x\n", "--head head --margin 7% --json")
	p.check(0, "STUB_GATE_6=3", "--foreign-limit", "50%", "--out", "o5", "base", "head")
	want(t, "calls", p.calls(), "--blocks 6 --foreign-limit 50% base/scenarios", "--blocks 10 --resume base/scenarios")
	p.write("scenarios/gate/open.yaml", "uncommitted")
	_, stderr := p.check(0, "--out", "o4", "base", "head")
	want(t, "stderr", stderr, "uncommitted changes in "+p.dir+" are not measured")
}

// Assay's own check has its place and its benchmarks.
func TestOwnCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes so many checks")
	}
	p := newAssay(t)
	p.check(0, "--short", "base", "head")
	want(t, "calls", p.calls(), "run --out "+p.dir+"/results/runs/check-", "--bench ^Benchmark(Query|Record)$ --benchtime 100ms ./server/internal/telemetry\n")
	p.check(0, "--out", "o", "base", "head")
	want(t, "calls", p.calls(), "--benchtime 300ms ./server/internal/telemetry ./server/internal/store\n")
}

// Another repository is measured by this program.
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
	want(t, "calls", p.calls(), "assay run --out "+p.dir+"/o/bundle --blocks 6 base/perf/a b.yaml\n")
}

func TestUnusable(t *testing.T) {
	p := newAssay(t)
	p.git("rm", "-rq", "scenarios")
	p.git("commit", "-qm", "bare")
	p.git("tag", "bare")
	p.write("harness/main.go", "package main\n\nfunc main() { it does not compile }\n")
	p.commit("broken")
	p.git("checkout", "-q", "head")
	p.write("done/bundle/x", "x")
	for _, c := range []struct {
		args   []string
		say    string
		builds bool // programs are built before it is found out; only the full form does
	}{
		{nil, "want two commits, BASE and HEAD; got 0", false},
		{[]string{"base", "head", "more"}, "got 3", false},
		{[]string{"--shrot", "base", "head"}, "unknown flag: --shrot", false},
		{[]string{"base", "head", "--out"}, "flag needs an argument: --out", false},
		{[]string{"--margin", "5", "base", "head"}, "--margin 5: want a percentage, like 5% or p99=10%", false},
		{[]string{"nowhere", "head"}, "no commit nowhere in " + p.dir + ": fetch it", false},
		{[]string{"--", "--output=x", "head"}, "no commit --output=x in " + p.dir + ": fetch it", false},
		{[]string{"--repo", p.temp, "base", "head"}, p.temp + " is not in a git repository", false},
		{[]string{"--out", "done", "base", "head"}, "holds a check already", false},
		{[]string{"bare", "head"}, "BASE (bare) has no scenarios/gate", false},
		{[]string{"base", "broken"}, "syntax error: unexpected name does", true},
		{[]string{"STUB_RUN_FAILS=1", "--out", "one", "base", "head"}, "build server server: exit status 1", true},
		{[]string{"STUB_GATE_6=2", "--out", "two", "base", "head"}, "the gate could not judge", true},
	} {
		if testing.Short() && c.builds {
			continue
		}
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

// Names that a pull request chose, and what its programs print, are no commands to
// GitHub Actions, to a terminal or to Markdown.
func TestHostileNames(t *testing.T) {
	p := newProject(t)
	p.write("scenarios/gate/a\n::error::x.yaml", "")
	p.write("scenarios/gate/[a](http:\\x) <b> `c` @d | e.yaml", "")
	p.write("scenarios/gate/\x1b[31mred ##[add-mask]x.yaml", "")
	p.commit("hostile")
	_, stderr := p.check(0, "STUB_SAYS=::warning::printed\n  ::debug::this\n\x1b[2J\n", "--out", "o", "base", "hostile")
	summary := read(t, filepath.Join(p.dir, "o", SummaryFile))
	for line := range strings.Lines(stderr + summary) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "\x1b") {
			t.Errorf("a command: %q", line)
		}
	}
	want(t, "stderr", stderr, `not gated: scenarios/gate/a\n::error::x.yaml is new in HEAD`, `\::warning::printed`)
	want(t, "summary.md", summary,
		"- not gated: `scenarios/gate/a\\n::error::x.yaml` is new in HEAD\n",
		"- not gated: `` scenarios/gate/[a](http:\\x) <b> `c` @d \\| e.yaml `` is new in HEAD\n")
	if n := strings.Count(summary, "\n- "); n != 6 {
		t.Errorf("%d notes, want 6:\n%s", n, summary)
	}
}

// Whoever starts a check can ask for the reason of its failure, with what the program
// said that failed.
func TestWhy(t *testing.T) {
	p := newProject(t)
	why := filepath.Join(filepath.Dir(p.dir), "why")
	p.check(2, "STUB_RUN_FAILS=1", "--why", why, "--out", "o1", "base", "head")
	if got, want := read(t, why), "harness: build server server: exit status 1\nperf-check: the scenarios could not be measured; finished trials, if any, are in "+p.dir+"/o1/bundle\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.check(2, "--why", why, "nowhere", "head")
	if got, want := read(t, why), "perf-check: no commit nowhere in "; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The two files of a verdict are whole, whenever somebody looks.
func TestResultsThatCannotBeWritten(t *testing.T) {
	p := newProject(t)
	if err := os.MkdirAll(filepath.Join(p.dir, "o", SummaryFile, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	stdout, stderr := p.check(2, "--out", "o", "base", "head")
	want(t, "stderr", stderr, "the verdict could not be written; the bundle in "+p.dir+"/o is complete")
	if stdout != "" {
		t.Errorf("stdout is %q", stdout)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "o", VerdictFile)); err == nil {
		t.Error("there is a verdict without a summary")
	}
}
