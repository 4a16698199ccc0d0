package synthetic

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/rates"
)

func TestMarkdown(t *testing.T) {
	var none Records
	if text := none.Markdown(); !strings.Contains(text, "None of these checks was made.") {
		t.Errorf("without a check the page is\n%s", text)
	}
	records := Records{}
	add := func(c Cell, checks int, now, first Tally) {
		records[c.Name()] = Record{c.Name(), Rule(), checks, now, first}
	}
	level := World{Rows: 3, Noise: Normal, CV: 0.01, Copies: EveryCopy}
	add(Cell{Section: Level, World: level}, 1000, Tally{950, 20, 12000}, Tally{900, 70, 15000})
	level.Shared = 0.9
	add(Cell{Section: Level, World: level}, 1000, Tally{900, 80, 12000}, Tally{})
	power := World{Rows: 9, Noise: Normal, CV: 0.05, Shared: 0.5, Copies: EveryCopy, Effect: 0.1}
	add(Cell{Section: Power, World: power}, 2000, Tally{0, 1990, 20000}, Tally{10, 1900, 40000})
	power.Effect, power.All = 0.02, true
	add(Cell{Section: Power, World: power}, 10, Tally{1, 2, 150}, Tally{})
	mixture := World{Rows: 9, Noise: Normal, CV: 0.01, Shared: 0.5, Copies: NoCopy, Bad: 0.25, Slow: 1.4}
	add(Cell{Section: Mixtures, World: mixture, Once: 10}, 100, Tally{9, 1, 1000}, Tally{40, 0, 1000})
	shape := World{Rows: 9, Noise: Cauchy, CV: 0.2, Shared: 0.5, Copies: NoCopy, Lost: 2}
	add(Cell{Section: Shapes, World: shape, Once: 10}, 200, Tally{0, 3, 2000}, Tally{})
	shape.Effect = 0.2
	add(Cell{Section: Shapes, World: shape, Once: 10}, 200, Tally{0, 9, 2000}, Tally{})
	text := records.Markdown()
	for _, want := range []string{
		"4510 checks of random numbers",
		"| normal | 1 | 3 | all | 2.0 [1.2, 3.1] of 1000 / 7.0 | – | 8.0 [6.4, 9.9] of 1000 / 0.0 |\n",
		"met in 1 of 88 kinds, **missed in 1**, and not shown in 86, for want of checks. The highest rate is 8.0 [6.4, 9.9]: 3 rows, normal, CV 1 %, correlation 0.9, copies all.",
		"| +10 % | 5 | all | 2000 | 0.0 [0.0, 0.2] | 99.5 [99.1, 99.8] | 10.0 | 0.5 | 95.0 | 20.0 | found in 99 %, passes in 0.3 %, 14 blocks | met |\n",
		"| +2 % in all rows | 5 | all | 10 | 10 [0, 45] | 20 [3, 56] | 15.0 |",
		"| 25 % of starts × 1.4 | 1 | once, after 10 | 100 | 9 [4, 16] | 8.6 | not shown | 1.0 | 40.0 | 0.0 |\n",
		"| Cauchy | 20 | 200 + 200 | 2 [0, 4] | 2 [0, 4] | 0 [0, 2] | 4.5 | 0.0 | 0.0 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
	if strings.Contains(text, "another rule") {
		t.Error("it says that another rule judged the checks")
	}
	name := published(Power).Name()
	records[name] = Record{Cell: name, Rule: "another", Checks: 1}
	if text := records.Markdown(); !strings.Contains(text, "**1 kinds of these checks were judged by another rule") {
		t.Errorf("nothing is said of another rule in\n%s", text)
	}
}

func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		hits, of     int
		limit, upper float64
		want         outcome
	}{
		{0, 0, 0.05, 0.065, open}, {0, 10, 0.05, 0.065, open}, {1, 10, 0.05, 0.065, open},
		{50, 1000, 0.05, 0.065, open}, {49, 1000, 0.05, 0.065, met}, {51, 1000, 0.05, 0.065, open}, {70, 1000, 0.05, 0.065, missed},
	} {
		if got := atMost(rates.Rate{Hits: c.hits, Of: c.of}, c.limit, c.upper); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.hits, c.of, got, c.want)
		}
	}
}

func TestBenchstat(t *testing.T) {
	dir := t.TempDir()
	none, err := ReadBenchstat(dir)
	if err != nil || none.Markdown() != "" {
		t.Errorf("without a file: %v, %q", err, none.Markdown())
	}
	b := Benchstat{Version: "v1", Pairs: 2, Cells: 5, Equal: 3, Wrong: []BenchstatCell{{Cell: "a | p", Benchstat: "p=1.2", Exact: "p=1"}}}
	if err := b.Write(dir); err != nil {
		t.Fatal(err)
	}
	if b, err = ReadBenchstat(dir); err != nil {
		t.Fatal(err)
	}
	text := b.Markdown()
	for _, want := range []string{
		"(golang.org/x/perf v1) on the same 2 pairs of files: of 5 medians",
		"gives 3 as benchstat does",
		"In 1 cells, `assay compare` is wrong.",
		"In 1, benchstat is wrong",
		"| `a \\| p` | `p=1.2` | `p=1` |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
	b.Equal = 5
	if err := b.Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBenchstat(dir); err == nil || !strings.Contains(err.Error(), "benchstat.json: 5 equal and 1 wrong of 5 cells") {
		t.Errorf("of a damaged file: %v", err)
	}
}
