package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// reportOf is the text of the report of a bundle.
func reportOf(t *testing.T, bundle string) string {
	t.Helper()
	run, err := load.OpenRun(bundle)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	problems, err := Write([]*load.Run{run}, Options{Out: filepath.Join(dir, "page.md"), Plots: filepath.Join(dir, "plots")})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	text, err := os.ReadFile(filepath.Join(dir, "page.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section is what stands under a heading of second level.
func section(page, heading string) string {
	_, after, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

// The published run is the one bundle with real trials of the study; whatever it
// holds, every cell of the claims and of the answer says something.
func TestPublishedClaims(t *testing.T) {
	page := reportOf(t, filepath.Join("..", "..", "..", "results", "runs", "published"))
	for heading, fewest := range map[string]int{"The published claims": 50, "Answer: which pattern when": 1} {
		rows := 0
		for _, line := range strings.Split(section(page, heading), "\n") {
			if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") {
				continue
			}
			rows++
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for _, c := range cells {
				if strings.TrimSpace(c) == "" {
					t.Errorf("%s: an empty cell in %s", heading, line)
				}
			}
		}
		if rows < fewest {
			t.Errorf("%s: %d rows, want at least %d", heading, rows, fewest)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "%!", "<nil>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
}

func TestOtherBundlesHaveNoClaims(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1})
	page := reportOf(t, dir)
	for _, heading := range []string{"The published claims", "Answer: which pattern when"} {
		if strings.Contains(page, heading) {
			t.Errorf("a run that is none of the study's has a section %q", heading)
		}
	}
}
