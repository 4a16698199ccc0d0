package effect

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchmath"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/synthetic"
)

// With -record, the count of equal cells is written for `assay simulate`, which puts it
// into GATE.md:
//
//	go test ./analysis/internal/effect -run EqualsBenchstat -record results/gate
var recordIn = flag.String("record", "", "`folder` of the repository whose benchstat.json gets the counts")

// exact are the cells in which benchstat is wrong, by input, and what is right: values
// that tie, of which the two columns have different counts.
var exact = map[string]map[string]string{
	"unequal": {
		"example.com/unequal | sec/op | Alike-8 | p":     "p=1.000 n=4+2", // benchstat: p=1.200
		"example.com/unequal | sec/op | Apart-8 | p":     "p=0.200 n=3+2", // benchstat: p=0
		"example.com/unequal | sec/op | Apart-8 | delta": "~",             // benchstat: -37.50%
	},
}

// TestEqualsBenchstat runs benchstat itself on the same files and compares every
// median, interval, delta, p-value and geometric mean that it prints.
func TestEqualsBenchstat(t *testing.T) {
	olds, err := filepath.Glob("testdata/*.old.txt")
	if err != nil || len(olds) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	// go tool benchstat would compile even the standard library anew.
	benchstat := filepath.Join(t.TempDir(), "benchstat.exe")
	if out, err := exec.Command("go", "build", "-ldflags=-w", "-o", benchstat, "golang.org/x/perf/cmd/benchstat").CombinedOutput(); err != nil {
		t.Fatalf("build benchstat: %v\n%s", err, out)
	}
	all := synthetic.Benchstat{Version: perfVersion(t), Pairs: len(olds)}
	for _, old := range olds {
		name := strings.TrimSuffix(filepath.Base(old), ".old.txt")
		t.Run(name, func(t *testing.T) {
			head := strings.Replace(old, ".old.", ".new.", 1)
			out, err := exec.Command(benchstat, "-format", "csv", old, head).Output()
			if err != nil {
				t.Fatal(err)
			}
			theirs := parseBenchstat(t, string(out))
			want := maps.Clone(theirs)
			maps.Copy(want, exact[name])
			got := ours(t, old, head)
			count(&all, theirs, want, got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("benchstat (−) and we (+) differ:\n%s", diff)
			}
		})
	}
	if *recordIn != "" && !t.Failed() {
		if err := all.Write(filepath.Join("../../..", *recordIn)); err != nil {
			t.Fatal(err)
		}
	}
}

// perfVersion is the version of benchstat's module.
func perfVersion(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/perf").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// count adds the cells of a pair of files.
func count(all *synthetic.Benchstat, theirs, want, got map[string]string) {
	cells := maps.Clone(got)
	maps.Copy(cells, want)
	for _, cell := range slices.Sorted(maps.Keys(cells)) {
		all.Cells++
		switch {
		case theirs[cell] == got[cell]:
			all.Equal++
		case want[cell] == got[cell]:
			all.Wrong = append(all.Wrong, synthetic.BenchstatCell{Cell: cell, Benchstat: theirs[cell], Exact: got[cell]})
		}
	}
}

// parseBenchstat takes benchstat's CSV apart: cells by table, row and column.
func parseBenchstat(t *testing.T, text string) map[string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	pkg, unit := "", ""
	columns := 0
	for _, l := range lines {
		switch {
		case len(l) == 1:
			if p, ok := strings.CutPrefix(l[0], "pkg: "); ok {
				pkg = p
			}
		case len(l) > 2 && l[0] == "" && l[2] == "CI":
			unit = l[1]
			columns = len(l)
		case l[0] == "":
		default:
			names := []string{"", "base", "base CI", "head", "head CI", "delta", "p"}
			if columns == 3 {
				names = names[:3]
			}
			for i := 1; i < len(names) && i < len(l); i++ {
				if l[i] != "" {
					cells[strings.Join([]string{pkg, unit, l[0], names[i]}, " | ")] = l[i]
				}
			}
		}
	}
	return cells
}

// ours are our numbers in the same form.
func ours(t *testing.T, old, head string) map[string]string {
	t.Helper()
	var sources []load.Source
	for _, path := range []string{old, head} {
		s, err := load.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	res, err := Run(sources, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	for _, r := range res.Rows {
		put := func(column, value string) {
			_, pkg, _ := strings.Cut(r.Config, "pkg: ")
			cells[strings.Join([]string{pkg, r.Unit, r.Name, column}, " | ")] = value
		}
		side := func(column string, e stats.Estimate) {
			if e.N == 0 {
				return
			}
			s := benchmath.Summary{Center: e.Center, Lo: e.Low, Hi: e.High}
			if !e.Bounded() {
				s.Lo, s.Hi = math.Inf(-1), math.Inf(1)
			}
			put(column, fmt.Sprint(e.Center))
			put(column+" CI", s.PctRangeString())
		}
		b, h := r.Base.Median, r.Head.Median
		side("base", b)
		side("head", h)
		if b.N > 0 && h.N > 0 {
			c := benchmath.Comparison{P: r.PMannWhitney, N1: b.N, N2: h.N, Alpha: Alpha}
			if r.Method == "exact" {
				c.Alpha = 0
			}
			put("delta", c.FormatDelta(b.Center, h.Center))
			put("p", c.String())
		}
	}
	for _, g := range res.Geomeans {
		put := func(column, value string) {
			_, pkg, _ := strings.Cut(g.Config, "pkg: ")
			cells[strings.Join([]string{pkg, g.Unit, "geomean", column}, " | ")] = value
		}
		if !math.IsNaN(g.Base) {
			put("base", fmt.Sprint(g.Base))
		}
		if !math.IsNaN(g.Head) {
			put("head", fmt.Sprint(g.Head))
		}
		if math.IsNaN(g.Delta) {
			put("delta", "?")
		} else {
			put("delta", fmt.Sprintf("%+.2f%%", 100*g.Delta))
		}
	}
	return cells
}
