package study

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// A question that has several answers names where each was measured, once: the cells of a
// scenario stand together. A question with one answer names nothing.
func TestInShort(t *testing.T) {
	dir := t.TempDir()
	pages, err := page.New(page.Places{Front: filepath.Join(dir, "page.md"), Plots: filepath.Join(dir, "plots")})
	if err != nil {
		t.Fatal(err)
	}
	cell := func(value string) site { return site{scenario: "loops", key: "clients", value: value} }
	inShort(pages.Front, []advice{
		{when: "closed loops", take: "any", in: cell("10")},
		{when: "closed loops", take: "`pool`", in: cell("50")},
		{when: "closed loops", take: "`pool`", in: cell("100")},
		{when: "closed loops", take: "`pool`", in: site{scenario: "bursts", stream: "loud"}},
		{when: "open load", take: "`pool`", in: site{scenario: "steady"}},
		{when: "open load", take: "`pool`", in: site{scenario: "poisson"}},
		{when: "a spike", take: unsaid, in: site{scenario: "spike"}},
	})
	got := strings.ReplaceAll(pages.Front.String(), "\u00a0", " ")
	want := "- **Take any**: closed loops (`loops`, clients = 10).\n" +
		"- **Take `pool`**: closed loops (`loops`, clients = 50 and 100; `bursts`, loud); open load.\n"
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
