package results

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/assay-bench/assay/"

// rule forbids imports. The packages it is about, and those of this module that
// they may not import, are given by path or, with a slash at the end, by folder.
type rule struct {
	from   []string
	except []string // of from
	to     []string
	why    string
}

// programs are the stages: one talks to the next through files or HTTP alone.
var programs = []string{"server/", "harness/", "analysis/"}

// pure packages turn values into values: they have no files, no network, no clock
// and no source of chance but one that is handed to them.
var pure = []string{"harness/internal/plan", "harness/internal/schedule", "harness/internal/search", "analysis/internal/stats", "analysis/internal/units"}

var rules = []rule{
	{from: []string{"server/"}, to: []string{"harness/", "analysis/", "results", "cmd/"}, why: "the system under test knows nothing of its measurement"},
	{from: []string{"harness/"}, to: []string{"server/", "analysis/", "cmd/"}, why: "programs talk through files alone"},
	{from: []string{"analysis/"}, to: []string{"server/", "harness/", "cmd/"}, why: "programs talk through files alone"},
	{from: []string{"cmd/"}, to: []string{"server/"}, why: "the system under test is started, never linked"},
	{from: []string{"cmd/"}, except: []string{"cmd/assay"}, to: []string{"harness/", "analysis/"}, why: "only cmd/assay offers the commands of both"},
	{from: []string{"results"}, to: []string{"cmd/", "internal/", "server/", "harness/", "analysis/"}, why: "the contract depends on nobody"},
	{from: []string{"internal/"}, to: []string{"cmd/", "results", "server/", "harness/", "analysis/"}, why: "what all programs share knows none of them"},
	{from: []string{"harness/internal/"}, to: []string{"harness/command"}, why: "commands use the work, never the other way"},
	{from: []string{"analysis/internal/"}, to: []string{"analysis/command"}, why: "commands use the work, never the other way"},
	{from: []string{"analysis/internal/plot", "analysis/internal/stats"}, to: programs, why: "it turns finished numbers into others or draws them, and knows no package of the analysis"},
	{from: []string{"analysis/internal/load", "analysis/internal/units"}, to: []string{"analysis/internal/stats", "analysis/internal/compare", "analysis/internal/effect"}, why: "reading comes before every statistic"},
	{from: []string{"analysis/internal/compare"}, to: []string{"analysis/internal/effect", "analysis/internal/gate"}, why: "rows are collected before they are judged"},
}

// foreign are the only packages from outside this module that some packages may
// import, beside the standard library.
var foreign = map[string][]string{
	"results": {"github.com/HdrHistogram/hdrhistogram-go"},
}

// covers reports whether one of the patterns is about a package.
func covers(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return path == strings.TrimSuffix(p, "/") || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}

// The architecture in one test: what the documents say of the way data flows.
func TestImportRules(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	met := map[string]bool{} // packages that exist
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		from := strings.TrimPrefix(f[0], module)
		met[from] = true
		for _, imported := range f[1:] {
			to := strings.TrimPrefix(imported, module)
			if to == imported {
				outside(t, from, imported)
				continue
			}
			if strings.HasPrefix(from, to+"/") {
				t.Errorf("%s imports %s, in whose folder it lies: a part does not know the whole", from, to)
			}
			for _, r := range rules {
				if covers(r.from, from) && !covers(r.except, from) && covers(r.to, to) {
					t.Errorf("%s imports %s: %s", from, to, r.why)
				}
			}
		}
	}
	for _, r := range rules {
		for _, p := range slices.Concat(r.from, r.except, r.to, pure) {
			if !strings.HasSuffix(p, "/") && !met[p] {
				t.Errorf("a rule is about %s, which is no package: it checks nothing", p)
			}
		}
	}
}

// outside checks what a package imports from outside this module.
func outside(t *testing.T, from, imported string) {
	impure := []string{"os", "os/", "net", "net/", "io/fs", "math/rand", "crypto/rand", "log", "log/"}
	if slices.Contains(pure, from) && covers(impure, imported) {
		t.Errorf("%s imports %s: it has to be pure", from, imported)
	}
	standard := !strings.Contains(imported, ".")
	if allowed, ok := foreign[from]; ok && !standard && !slices.Contains(allowed, imported) {
		t.Errorf("%s imports %s: beside the standard library it may only import %q", from, imported, allowed)
	}
}

// Pure packages use neither the clock nor the global source of chance.
func TestPurePackages(t *testing.T) {
	args := []string{"-rnE", `time\.(Now|Since|After|Sleep|Tick)\b|rand\.(IntN|Float64|Perm|Shuffle|Uint64|N)\(`, "--include=*.go", "--exclude=*_test.go"}
	for _, p := range pure {
		args = append(args, "../"+p)
	}
	if found, err := exec.Command("grep", args...).Output(); err == nil {
		t.Errorf("pure packages use the clock or the global random source:\n%s", found)
	}
}

// The harness measures and the analysis compares: in the harness only the summary
// of a run has a statistic, the interval of each median by itself. Bundles enter the
// analysis through package load alone.
func TestWhoDoesWhat(t *testing.T) {
	for _, c := range []struct {
		pattern, folder, only string
	}{
		{`"golang.org/x/perf/benchmath"`, "../harness", "../harness/internal/campaign/summary.go"},
		{`results\.Open(`, "../analysis", "../analysis/internal/load/run.go"},
	} {
		found, err := exec.Command("grep", "-rl", "--include=*.go", "--exclude=*_test.go", c.pattern, c.folder).Output()
		if err != nil || strings.TrimSpace(string(found)) != c.only {
			t.Errorf("%s stands in %q (%v), want %s alone", c.pattern, found, err, c.only)
		}
	}
}
