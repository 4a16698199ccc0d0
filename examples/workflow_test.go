package examples

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The workflows of both repositories and every step in them, on pull requests
// and on the main branch.
func TestWorkflows(t *testing.T) {
	if testing.Short() {
		t.Skip("about half a minute of measurements")
	}
	ours := "../.github/workflows/perf.yml"
	t.Run("a change that does nothing", func(t *testing.T) {
		p := aProject(t)
		p.write("README.md", "new words\n")
		p.commit("README: new words")
		r := newRunner(t, p, values{})
		r.with = values{"margin": wide, "micro": ""}
		r.job(workflow, "check")
		quiet(t, r)
		holds(t, "summary", r.summary, "goodput/s", "**Effects**")
		for _, file := range []string{"verdict.json", "summary.md", "bundle/SHA256SUMS", "report.md", "report-plots"} {
			if _, err := os.Stat(filepath.Join(r.artifact, file)); err != nil {
				t.Error(err)
			}
		}
		leavesNothing(t, p)
	})
	t.Run("a slower server", func(t *testing.T) {
		p := aProject(t)
		p.asAssay()
		p.write("main.go", answering(t, 60))
		p.build()
		p.commit("slower")
		r := newRunner(t, p, values{"github.event_name": "pull_request"})
		r.with = values{"margin": "20%"}
		r.job(ours, "check")
		if !r.failed {
			t.Errorf("the job passed\n%s", &r.log)
		}
		holds(t, "log", r.log.String(), "::error title=Performance regression::")
		holds(t, "summary", r.summary, "Performance: regression", "**Effects**")
		leavesNothing(t, p)
	})
	t.Run("a server that does not build", func(t *testing.T) {
		p := aProject(t)
		p.write("main.go", "package main\n\nfunc main() { no such thing }\n")
		p.commit("broken")
		r := newRunner(t, p, values{})
		r.job(workflow, "check")
		if !r.failed || r.summary != "" {
			t.Errorf("failed: %v, summary %q: want a failure and no summary", r.failed, r.summary)
		}
		if _, err := os.Stat(filepath.Join(r.artifact, "verdict.json")); err == nil {
			t.Error("there is a verdict")
		}
		holds(t, "log", r.log.String(), "::error title=The performance check could not be made::", "main.go", "exit status 2")
		leavesNothing(t, p)
	})
	t.Run("the trend", func(t *testing.T) {
		p := aProject(t)
		p.asAssay()
		reference := p.git("rev-parse", "HEAD")
		p.commit("since then")
		p.commit("and since then")
		r := newRunner(t, p, values{"github.event_name": "schedule", "github.run_id": "12", "github.run_attempt": "1"})
		r.with = values{"margin": wide}
		earlier := repository{t, filepath.Join(r.cache, "perf-history-11-1")}
		earlier.write("reference", reference+"\n")
		earlier.write(reference+"/20260101T000000Z-abc.json", `{"verdict": "pass", "rows": [{"name": "HTTP/scenario=search-1", "unit": "goodput/s", "margin": 0.05, "loss": 0.01}]}`)

		r.job(ours, "trend")
		quiet(t, r)
		// The control is as fast as the head here, and so nothing is found. On a busy machine
		// the generator may be the limit, and then nothing can be judged.
		const control = "::warning title=Positive control not found::A known slowdown, slowed against base, "
		if log := r.log.String(); !strings.Contains(log, control+"was not found") && !strings.Contains(log, control+"could not be judged") {
			t.Errorf("the control is not warned of in\n%s", log)
		}
		// A closed load has two primary rows, goodput and the share of unanswered requests.
		holds(t, "summary", r.summary, "### Trend against "+reference[:12], "2 checks, and it takes 13 to see a change")
		verdicts, err := filepath.Glob(filepath.Join(r.cache, "perf-history-12-1", reference, "*.json"))
		if err != nil || len(verdicts) != 2 {
			t.Errorf("the history holds %q, %v: want two verdicts", verdicts, err)
		}
		leavesNothing(t, p)
	})
}

// quiet fails if a check of equal servers found something, or could not be made. On
// a busy machine it may be inconclusive.
func quiet(t *testing.T, r *runner) {
	t.Helper()
	if log := r.log.String(); r.failed || !strings.Contains(log, "::notice title=Performance check passed::") &&
		!strings.Contains(log, "::warning title=Performance check inconclusive::") {
		t.Errorf("the check did not pass\n%s", log)
	}
	// Noise may keep equal servers from passing, but nothing else may.
	data, err := os.ReadFile(filepath.Join(r.artifact, "verdict.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Rows []struct{ Loss *float64 }
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, row := range v.Rows {
		if row.Loss != nil {
			judged++
		}
	}
	if judged == 0 || judged < len(v.Rows) {
		t.Errorf("%d of %d rows were judged\n%s", judged, len(v.Rows), data)
	}
}

// A job that is cancelled interrupts the script alone: it ends what it started
// and leaves nothing, least of all half a summary.
func TestCancel(t *testing.T) {
	if testing.Short() {
		t.Skip("a few seconds of measurements")
	}
	p := aProject(t)
	p.commit("nothing new")
	r := newRunner(t, p, values{})
	cmd := exec.Command(filepath.Join(r.action, "check.sh"))
	cmd.Dir = p.dir
	summary := filepath.Join(t.TempDir(), "summary")
	cmd.Env = append(os.Environ(), "SCENARIOS=perf", "RUNNER_TEMP="+r.temp, "GITHUB_STEP_SUMMARY="+summary)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	interrupted := false
	// All that the script starts has this pipe, so its end is the end of all.
	for lines := bufio.NewScanner(log); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), " block 1 ") && !interrupted {
			interrupted = true
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); !interrupted || cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("interrupted: %v, %v: want exit status 130\n%s", interrupted, err, &said)
	}
	if _, err := os.Stat(summary); err == nil {
		t.Error("there is a summary")
	}
	if left, err := filepath.Glob(filepath.Join(r.temp, "*")); err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
	leavesNothing(t, p)
}

// While the check runs GitHub obeys nothing in the log, and the reason of a failure is
// one annotation, whatever is in it.
func TestReason(t *testing.T) {
	if testing.Short() {
		t.Skip("the program is built")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the action is a shell script")
	}
	p := newRepository(t)
	p.write("x", "")
	p.commit("only one")
	script, err := filepath.Abs("../.github/actions/perf-check/check.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "RUNNER_TEMP="+t.TempDir(), "BASE=HEAD", "HEAD=HEAD", "SCENARIOS=::warning::%.yaml")
	log, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for s := bufio.NewScanner(log); s.Scan(); {
		lines = append(lines, s.Text())
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 2 || len(lines) != 3 {
		t.Fatalf("%v, %q: want exit status 2 and three commands", cmd.ProcessState, lines)
	}
	secret, ok := strings.CutPrefix(lines[0], "::stop-commands::")
	if !ok || len(secret) != 32 || lines[1] != "::"+secret+"::" {
		t.Errorf("commands are stopped by %q and obeyed again after %q", lines[0], lines[1])
	}
	if want := "::error title=The performance check could not be made::perf-check: BASE (HEAD) has no ::warning::%25.yaml, and "; !strings.HasPrefix(lines[2], want) {
		t.Errorf("the annotation is %q, want %q", lines[2], want)
	}
}
