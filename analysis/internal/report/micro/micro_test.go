package micro

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// microPage writes the section of a file with the given lines, repeated as
// blocks. A line may have one verb for a number that differs from block to block.
func microPage(t *testing.T, blocks int, lines ...string) string {
	t.Helper()
	var text strings.Builder
	for block := range blocks {
		for _, l := range lines {
			if strings.Contains(l, "%d") {
				l = fmt.Sprintf(l, block%4)
			}
			text.WriteString(l + "\n")
		}
	}
	path := filepath.Join(t.TempDir(), "micro.txt")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	source, err := load.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Places{Front: "page.md", Plots: "plots"})
	if err != nil {
		t.Fatal(err)
	}
	p := pages.Front
	for _, err := range writeFile(p, source.(*load.Text)) {
		p.Line("problem: %v", err)
	}
	return strings.ReplaceAll(p.String(), "\u00a0", " ")
}

func TestMicroTables(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks int
		lines  []string
		want   []string
		not    []string
	}{
		{"columns by the first key", 10,
			[]string{"pkg: a/x", "BenchmarkP/size=1/mode=a-2 10 20%d ns/op 8 B/op", "BenchmarkP/size=2/mode=a-2 10 30%d ns/op 16 B/op", "BenchmarkP/size=1/mode=b-2 10 40%d ns/op 8 B/op", "BenchmarkP/size=2/mode=b-2 10 50%d ns/op 16 B/op"},
			[]string{"**`P`** of `x` by size:", "| ns/op by mode | `1` | `2` |", "| a | ", "<summary>P: B/op</summary>", "| a | 8 | 16<br>×2.00 ▲ |", "for 4 comparisons", "n = 10, 97.9 %"},
			[]string{"without variants"}},
		{"a key that most benchmarks share goes before the first", 6,
			[]string{"BenchmarkP/wait=0/mode=a 10 20%d ns/op", "BenchmarkP/wait=0/mode=b 10 40%d ns/op", "BenchmarkP/wait=1/mode=a 10 20%d ns/op", "BenchmarkQ/mode=a 10 7 ns/op", "BenchmarkQ/mode=b 10 7 ns/op"},
			[]string{"| ns/op by wait | `a` | `b` |", "| 1 | 20", "| – |", "not reported", "| ns/op | `a` | `b` |", "| `Q` | 7.00 | 7.00<br>×1.00 = |"}, nil},
		{"variant goes before all", 6,
			[]string{"BenchmarkP/size=1/variant=a 10 20%d ns/op", "BenchmarkP/size=1/variant=b 10 40%d ns/op", "BenchmarkQ/size=1 10 40%d ns/op", "BenchmarkQ/size=2 10 40%d ns/op"},
			[]string{"**`P`** by variant:", "**`Q`** by size:"}, nil},
		{"nothing in common", 6,
			[]string{"BenchmarkP/a=1 10 7 ns/op", "BenchmarkP/b=1 10 7 ns/op", "BenchmarkQ/a=1 10 3 hits"},
			[]string{"Benchmarks without variants", "| `P/a=1` | 7.00 | – |", "| `Q/a=1` | – | 3 |", "not reported"}, []string{"comparisons", "problem"}},
		{"columns that cannot be named", 6,
			[]string{"BenchmarkP/(m=a 10 20%d ns/op", "BenchmarkP/(m=b 10 40%d ns/op"},
			[]string{"problem: ", "P is not compared: usage: --col", "| `P/(m=a` | "}, []string{"comparisons"}},
		{"zero on one side", 6,
			[]string{"BenchmarkP/m=a 10 1 allocs/op", "BenchmarkP/m=b 10 0 allocs/op"},
			[]string{"| `P` | 1 | 0 |", "a value of zero allows no factor"}, nil},
		{"few blocks", 3,
			[]string{"BenchmarkP/m=a 10 20%d ns/op", "BenchmarkP/m=b 10 40%d ns/op"},
			[]string{"below 6 no 95 % interval", "<br>×2.00 ?"}, []string{"] ▲"}},
		{"empty", 1, nil, []string{"no benchmark results"}, nil},
	} {
		text := microPage(t, c.blocks, c.lines...)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the section does not say %q:\n%s", c.name, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: the section says %q:\n%s", c.name, not, text)
			}
		}
	}
}

func TestMicroWithoutPairs(t *testing.T) {
	text := microPage(t, 1, slices.Concat(
		slices.Repeat([]string{"BenchmarkP/m=a 10 200 ns/op"}, 8), slices.Repeat([]string{"BenchmarkP/m=b 10 400 ns/op"}, 6))...)
	for _, want := range []string{"n = 6 to 8", "compared without pairs", "<br>×2.00 ▲"} {
		if !strings.Contains(text, want) {
			t.Errorf("the section does not say %q:\n%s", want, text)
		}
	}
}

func TestCommonFolder(t *testing.T) {
	for want, pkgs := range map[string][]string{
		"a/b/": {"a/b/c", "a/b/d/e", "a/b/c"},
		"a/":   {"a/b/c", "a/bc"},
		"":     {"a/b", "c"},
	} {
		var all []*benchmark
		for _, p := range pkgs {
			all = append(all, &benchmark{pkg: p})
		}
		if got := commonFolder(all); got != want {
			t.Errorf("%q: %q, want %q", pkgs, got, want)
		}
	}
}
