package section

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// written is the section of the open scenario of a bundle.
func written(t *testing.T, p bundletest.Plan) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	bundletest.Write(t, dir, p)
	run, err := load.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := measured.Compute([]*load.Run{run}, map[string]int{})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Places{Front: filepath.Join(dir, "page.md"), Plots: filepath.Join(dir, "plots")})
	if err != nil {
		t.Fatal(err)
	}
	out := pages.Front
	for _, s := range all.Scenarios {
		if s.Spec.Name == "steady" {
			Write(out, s)
		}
	}
	return strings.ReplaceAll(out.String(), "\u00a0", " ")
}

// The section of a stream with several targets has a table of them, their effects, their
// objectives, and what was wrong with answers, none of which is markup. A stream with one
// target has the section that it had.
func TestTargetsInTheReport(t *testing.T) {
	text := written(t, bundletest.Plan{Targets: true, Values: 2500, Blocks: 6})
	for _, want := range []string{
		`(?m)^\| target \| variant \| goodput, /s.*\| response p50, ms \| response p99, ms`,
		"(?m)^\\| `list` \\| `naive` ", "(?m)^\\| `create` \\| `workerpool` ",
		"(?m)^\\| target \\| against `naive` \\| `workerpool` ",
		"(?m)^\\| `create` \\| p99 ",
		"p50 and p99 are primary",
		`(?m)^\| create: p99 < 1s \| \*\*met\*\*`,
		"<summary>Wrong answers</summary>",
		"&#60;script&#62;alert&#40;1&#41;",
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("the section does not have %s", want)
		}
	}
	if strings.Contains(text, "<script>") || strings.Contains(text, "**p99**") || !strings.Contains(text, "**within objective**") {
		t.Error("an answer is markup, or what is primary is not shown")
	}
	plain := written(t, bundletest.Plan{Values: 600, Blocks: 6})
	if strings.Contains(plain, "By target") || !strings.Contains(plain, "**p99**") {
		t.Error("a stream with one target is not shown as it was")
	}
}

// The results of a flow are those of its steps and of the whole. Its stream has no mix.
func TestWordsOfAFlow(t *testing.T) {
	for _, c := range []struct {
		names     []string
		one, said string
	}{
		{[]string{"list", "create"}, "target", "their mix"},
		{[]string{"login", "list", "flow"}, "step", "`flow` is the whole"},
	} {
		if got := sayingsOf(c.names); got.one != c.one || !strings.Contains(got.why, c.said) {
			t.Errorf("%v: %+v", c.names, got)
		}
	}
}
