package study

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/results"
)

// sections are the answer and the claims of a bundle: the parts of its report
// that this file tests, without the rest, which takes longer.
func sections(t *testing.T, bundle string) string {
	t.Helper()
	run, err := load.OpenRun(bundle)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Places{Front: "page.md", Plots: "plots"})
	if err != nil {
		t.Fatal(err)
	}
	o, err := measured.Compute([]*load.Run{run}, map[string]int{})
	if err != nil {
		t.Fatal(err)
	}
	p := pages.Front
	if a := Advise(o); a != nil {
		a.WriteShort(p, nil, "which.md")
		a.Write(p)
	}
	c, problems := JudgeClaims(run)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c != nil {
		c.Write(p)
	}
	return "\n" + strings.ReplaceAll(p.String(), "\u00a0", " ")
}

// textUnder is what stands under a heading of second level.
func textUnder(page, heading string) string {
	_, after, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

// sums are the checksums of the lines of a bundle, and the word that there are some.
var sums = regexp.MustCompile(`,"sha256":"[0-9a-f]{64}"|"trial_sums": true,`)

// rename gives the scenarios of a made-up bundle the names of the study's. Its lines
// have no checksums then, as those of the first version.
func rename(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{results.ManifestFile, results.TrialsFile} {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		renamed := strings.NewReplacer(`"burst"`, `"article-high"`, `"steady"`, `"steady-open"`).Replace(string(text))
		if err := os.WriteFile(path, sums.ReplaceAll([]byte(renamed), nil), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever a run holds of the study, every cell of the claims and of the answer
// says something.
func TestClaimsAndAnswerSayAll(t *testing.T) {
	for _, blocks := range []int{1, 6} {
		dir := t.TempDir()
		bundletest.Write(t, dir, bundletest.Plan{Blocks: blocks, Seconds: 1})
		rename(t, dir)
		page := sections(t, dir)
		for heading, fewest := range map[string]int{"What the text says": 20, "The table of results, number by number": 30, "Answer: which pattern when": 2} {
			rows := 0
			for _, line := range strings.Split(textUnder(page, heading), "\n") {
				if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") {
					continue
				}
				rows++
				for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
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
		wants := []string{"(not run: `concurrency`)", "**not run here** | This run has no `sizing-rules-io`.", "**Nothing can be said** on:", "**Not tested:**"}
		if blocks == 6 {
			wants = append(wants, "**Take `naive`**: open load below what the workers can answer; bursts of clients", "**not reproduced**", "percentage points from the claim")
		} else {
			wants = append(wants, "**cannot tell**", "fewer than 6 blocks have no 95 % interval")
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%d blocks: the report does not say %q", blocks, want)
			}
		}
	}
}

func TestOtherBundlesHaveNoClaims(t *testing.T) {
	dir := t.TempDir()
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1})
	page := sections(t, dir)
	if page != "\n" {
		t.Errorf("a run that is none of the study's has sections of it:\n%s", page)
	}
}
