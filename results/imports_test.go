package results

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The architecture in one test: programs talk through files alone, what decides
// is pure, and the contract depends on nothing. Only cmd/assay, which offers the
// commands of the harness and of the analysis, imports both.
func TestImportRules(t *testing.T) {
	const module = "github.com/assay-bench/assay/"
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	programs := []string{"server", "harness", "analysis"}
	pure := []string{"harness/internal/plan", "harness/internal/schedule", "analysis/internal/stats"}
	impure := []string{"os", "net", "net/http", "math/rand", "crypto/rand"}
	program := func(path string) string {
		for _, p := range programs {
			if path == p || strings.HasPrefix(path, p+"/") {
				return p
			}
		}
		return ""
	}
	packages, both := 0, []string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		from := strings.TrimPrefix(f[0], module)
		packages++
		if slices.Contains(f, module+"harness/command") && slices.Contains(f, module+"analysis/command") {
			both = append(both, from)
		}
		for _, imported := range f[1:] {
			to := strings.TrimPrefix(imported, module)
			ours := to != imported
			if a, b := program(from), program(to); ours && b != "" && a != b && from != "cmd/assay" {
				t.Errorf("%s imports %s: programs talk through files alone", from, to)
			}
			for _, p := range pure {
				for _, i := range impure {
					if from == p && imported == i {
						t.Errorf("%s imports %s: it has to be pure", from, imported)
					}
				}
			}
			if strings.HasPrefix(from, "internal/") && ours && !strings.HasPrefix(to, "internal/") {
				t.Errorf("%s imports %s: what all programs share knows none of them", from, to)
			}
			if from == "results" && strings.Contains(imported, ".") && imported != "github.com/HdrHistogram/hdrhistogram-go" {
				t.Errorf("results imports %s: the contract depends on the standard library and hdrhistogram alone", imported)
			}
			if from == "analysis/internal/plot" && to == "analysis/internal/stats" {
				t.Errorf("plot imports stats: it draws finished numbers")
			}
		}
	}
	if !slices.Equal(both, []string{"cmd/assay"}) {
		t.Errorf("the commands of harness and analysis are imported together by %q: that is cmd/assay's part alone", both)
	}
	if packages < 10 {
		t.Errorf("go list found %d packages: the rules were not checked", packages)
	}
	clock, err := exec.Command("grep", "-rnE", `time\.(Now|Since|After|Sleep|Tick)\b|rand\.(IntN|Float64|Perm|Shuffle|Uint64|N)\(`,
		"--include=*.go", "--exclude=*_test.go", "../harness/internal/plan", "../harness/internal/schedule", "../analysis/internal/stats").Output()
	if err == nil {
		t.Errorf("pure packages use the clock or the global random source:\n%s", clock)
	}
}
