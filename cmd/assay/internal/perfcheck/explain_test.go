//go:build unix

package perfcheck

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found is what `explain --json` says of two scenarios.
const found = `{"sections": [
	{"scenario": "calm", "profiled_blocks": 8, "summary": "Calm.", "causes": [{"kind": "cpu", "name": "x.Calm", "difference": 1e-6}], "endpoint": {"name": "calm"}},
	{"scenario": "slow", "profiled_blocks": 8, "summary": "Slow.", "causes": [
		{"kind": "cpu", "name": "x.Find", "what": "CPU time", "unit": "sec", "difference": 9e-6, "low": 8e-6, "high": 1e-5, "p_adjusted": 0.004, "source": "example.com/project/harness/main.go:12"},
		{"kind": "cpu", "name": "collector (runtime)", "difference": 3e-6, "low": null}], "endpoint": {"name": "list", "difference": 2e-5}}]}`

// explained is the part of a verdict that an explanation is.
type explained struct {
	Status      *int         `json:"status"`
	Explanation *explanation `json:"explanation"`
}

func explanationOf(t *testing.T, p *project, out string) explained {
	t.Helper()
	var v explained
	if err := json.Unmarshal([]byte(read(t, filepath.Join(p.dir, out, VerdictFile))), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A regression is explained by profiled blocks that come after the verdict, by the
// harness and the analysis of the check.
func TestExplained(t *testing.T) {
	p := newProject(t)
	stdout, _ := p.check(1, "STUB_GATE_6=3", "STUB_GATE_10=1", "STUB_EXPLANATION="+found, "--out", "o", "--source", "https://h/blob/x", "base", "head")
	if want := "verdict 1 after 10 blocks\n\n--explanation=text true\n"; stdout != want {
		t.Errorf("stdout is %q, want %q", stdout, want)
	}
	want(t, "calls", p.calls(), "assay run --out "+p.dir+"/o/bundle --blocks 10 --resume --profile=8 base/scenarios/gate/closed.yaml base/scenarios/gate/open.yaml\n",
		"assay explain "+p.dir+"/o/bundle --base base --head head --json", "annotate --explanation=markdown --source=https://h/blob/x "+p.dir+"/o/verdict.json")
	want(t, "summary.md", read(t, p.dir+"/o/summary.md"), "a table\n\n--explanation=markdown true\n")
	v := explanationOf(t, p, "o")
	if v.Status == nil || *v.Status != 1 {
		t.Errorf("the verdict is %v", v.Status)
	}
	low, high, pa := 8e-6, 1e-5, 0.004
	if d := cmp.Diff(&explanation{
		Head: strings.TrimSpace(p.git("rev-parse", "head")), Blocks: 8, Summary: "Calm.",
		Causes: []cause{
			{Scenario: "calm", Kind: "cpu", Name: "x.Calm", Difference: 1e-6},
			{Scenario: "slow", Kind: "cpu", Name: "x.Find", What: "CPU time", Unit: "sec", Difference: 9e-6, Low: &low, High: &high, PAdjusted: &pa,
				Source: "example.com/project/harness/main.go:12", File: "harness/main.go", Line: 12},
			{Scenario: "slow", Kind: "cpu", Name: "collector (runtime)", Difference: 3e-6},
		},
		Endpoint: &endpoint{Scenario: "calm", Name: "calm"},
	}, v.Explanation); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for _, name := range []string{explanationFile, explanationPage, flameFile} {
		if _, err := os.Stat(filepath.Join(p.dir, "o", name)); err != nil {
			t.Error(err)
		}
	}
}

// The scenario that regressed comes first.
func TestDigestBeginsWithWhatRegressed(t *testing.T) {
	var r report
	if err := json.Unmarshal([]byte(found), &r); err != nil {
		t.Fatal(err)
	}
	slow := regressed([]byte(`{"rows": [{"name": "HTTP/scenario=calm/variant=x", "verdict": "pass"}, {"name": "HTTP/scenario=slow", "verdict": "regression"}, {"name": "Find", "verdict": "regression"}]}`))
	e := r.digest(slow, newSources(t.TempDir()))
	if e.Causes[0].Name != "x.Find" || e.Endpoint.Name != "list" || e.Summary != "Slow." || len(e.Causes) != 3 {
		t.Errorf("%+v", e)
	}
}

// Which verdicts are explained.
func TestWhenItIsExplained(t *testing.T) {
	for _, c := range []struct {
		when      string
		status    string
		explained bool
	}{
		{"never", "1", false}, {"regression", "1", true}, {"regression", "0", false}, {"always", "0", true}, {"always", "1", true},
	} {
		t.Run(c.when+c.status, func(t *testing.T) {
			p := newProject(t)
			p.check(int(c.status[0]-'0'), "STUB_GATE_6="+c.status, "STUB_EXPLANATION="+found, "--explain", c.when, "--out", "o", "base", "head")
			if got := strings.Contains(p.calls(), "--profile=8"); got != c.explained {
				t.Errorf("explained: %v, want %v", got, c.explained)
			}
		})
	}
	p := newProject(t)
	_, stderr := p.check(2, "--explain", "maybe", "base", "head")
	want(t, "stderr", stderr, "--explain maybe: want never, regression or always")
}

// Whatever becomes of the explanation, the verdict and the exit status are those of the
// gate, and the reason is a line.
func TestExplanationNeverChangesTheVerdict(t *testing.T) {
	for _, c := range []struct{ name, env, say string }{
		{"no profile, a pass", "STUB_PROFILE_FAILS=1", "the cause was not looked for: "},
		{"says regression, a pass", `STUB_EXPLANATION={"verdict": "regression", "status": 1}`, ""},
		{"no profile", "STUB_PROFILE_FAILS=1", "the cause was not looked for: "},
		{"explain fails", "STUB_EXPLAIN_FAILS=1", "the profiles could not be compared"},
		{"not readable", "STUB_EXPLANATION=[", "what the profiles show is not readable"},
		{"not an object", "STUB_EXPLANATION=[1]", "what the profiles show is not readable"},
		{"nothing in it", "STUB_EXPLANATION={}", ""},
		{"says pass", `STUB_EXPLANATION={"verdict": "pass", "status": 0, "sections": [{"verdict": "nothing"}]}`, ""},
		{"no words", "STUB_ANNOTATE_FAILS=1", "the cause could not be told: word it"},
	} {
		status := "1"
		if strings.HasSuffix(c.name, "a pass") {
			status = "0"
		}
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			stdout, stderr := p.check(int(status[0]-'0'), "STUB_GATE_6="+status, c.env, "--explain", "always", "--out", "o", "base", "head")
			if verdict := "verdict " + status + " after 6 blocks\n"; !strings.HasPrefix(stdout, verdict) {
				t.Errorf("stdout is %q, want %q first", stdout, verdict)
			}
			want(t, "stderr", stderr, c.say)
			if strings.Contains(stderr, "\n::error") {
				t.Errorf("a command: %q", stderr)
			}
			if v := explanationOf(t, p, "o"); v.Status == nil || *v.Status != int(status[0]-'0') {
				t.Errorf("the verdict is %v, want %s", v.Status, status)
			}
			want(t, "summary.md", read(t, p.dir+"/o/summary.md"), "a table\n")
		})
	}
}

// Go benchmarks can be checked alone, and are not profiled.
func TestBenchmarksAlone(t *testing.T) {
	p := newProject(t)
	p.git("checkout", "-q", "base")
	p.git("rm", "-rq", "scenarios")
	p.write("x_test.go", "package x\n\nimport \"testing\"\n\nfunc BenchmarkX(b *testing.B) {}\n")
	p.commit("bare")
	stdout, stderr := p.check(1, "STUB_GATE_6=1", "--micro", ".", "--out", "o", "bare", "bare")
	if calls := p.calls(); strings.Contains(calls, "assay run") || !strings.Contains(calls, "micro --out "+p.dir+"/o/bundle --blocks 6") {
		t.Errorf("calls:\n%s", calls)
	}
	want(t, "stderr", stderr, "the cause was not looked for: Go benchmarks are not profiled")
	want(t, "stdout", stdout, "verdict 1 after 6 blocks")
	_, stderr = p.check(2, "--out", "o2", "bare", "bare")
	want(t, "stderr", stderr, "BASE (bare) has no scenarios/gate")
}

// Names of files in profiles lead to files of the repository, or nowhere.
func TestSources(t *testing.T) {
	tree := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "// x\nmodule example.com/a // y\n", "main.go": "", "in/x.go": "", "sub/go.mod": "module \"example.com/a/other\"\n", "sub/y.go": "", "other/y.go": "", "app.py": "",
	} {
		path := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := newSources(tree)
	for source, want := range map[string]string{
		"example.com/a/main.go:3": "main.go", "example.com/a/in/x.go:1": "in/x.go", "example.com/a/other/y.go:2": "sub/y.go",
		tree + "/in/x.go:9": "in/x.go", "app.py:4": "app.py",
		"runtime/proc.go:1": "", "example.com/a/../../etc/passwd:1": "", "/etc/passwd:1": "", "../x:1": "", "main.go": "", "main.go:0": "", "": "", ":": "",
	} {
		if got, line := s.locate(source); got != want || (got != "") != (line > 0) {
			t.Errorf("%s: %q, line %d, want %q", source, got, line, want)
		}
	}
}

// A function of a library leads to the nearest of its callers that is in the repository.
func TestCallersOfLibraries(t *testing.T) {
	tree := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/a\n", "main.go": "", "x.go": ""} {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in := newSources(tree)
	for _, c := range []struct {
		name string
		cause
		want string
	}{
		{"its own", cause{Source: tree + "/x.go:3", Callers: []string{"main.main"}, CallerSources: []string{tree + "/main.go:5"}}, "x.go:3 "},
		{"of a library", cause{Source: "strings/strings.go:17", Callers: []string{"strings.Cut", "main.find", "main.main"}, CallerSources: []string{"strings/cut.go:2", tree + "/x.go:4", tree + "/main.go:5"}}, "x.go:4 main.find"},
		{"of nobody here", cause{Source: "strings/strings.go:17", Callers: []string{"net/http.serve"}, CallerSources: []string{"net/http/server.go:9"}}, ":0 "},
		{"without places", cause{Source: "strings/strings.go:17", Callers: []string{"main.find"}}, ":0 "},
		{"more places than callers", cause{Source: "strings/strings.go:17", CallerSources: []string{tree + "/x.go:4"}}, ":0 "},
	} {
		got := c.cause
		got.place(in)
		if s := fmt.Sprintf("%s:%d %s", got.File, got.Line, got.Caller); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}
