package compare

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// judged is what a row is judged by, apart from the other rows of its family.
func judged(r Row) string {
	return fmt.Sprint(r.Name, r.Unit, r.Paired, r.Base.Results, r.Base.Blocks, r.Head.Results, r.Head.Blocks, r.Base.Values, r.Head.Values, r.Marks, r.Doubts, r.Remarks)
}

// A filter that chooses units says nothing about results that lack them: a row
// is what it is without the filter.
func TestFilterOfUnits(t *testing.T) {
	dir := t.TempDir()
	bundle := filepath.Join(dir, "bundle")
	bundletest.WriteCheck(t, bundle, bundletest.Check{Fails: map[string][]int{"head": {3, 7}}, Micro: map[string]float64{}})
	var lines strings.Builder
	for k := range 10 {
		for _, variant := range []string{"base", "head"} {
			for _, name := range []string{"A", "B"} {
				fmt.Fprintf(&lines, "Benchmark%s/n=1/variant=%s 10 %d ns/op", name, variant, 100+(7*k)%5)
				if variant == "base" || k%4 != 1 {
					fmt.Fprintf(&lines, " %d x-ns", 200+(3*k)%7)
				}
				lines.WriteString("\n")
			}
		}
	}
	text := filepath.Join(dir, "bench.txt")
	if err := os.WriteFile(text, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := func(input, filter, row string) []Row {
		s, err := load.Open(input)
		if err != nil {
			t.Fatal(err)
		}
		table, err := Collect([]load.Source{s}, Options{Base: "base", Head: "head", Filter: filter, Row: row})
		if err != nil {
			t.Fatalf("%s %s: %v", input, filter, err)
		}
		return table.Rows
	}
	for _, c := range []struct {
		input, unit, filter string
		missing             int
	}{
		{bundle, "p50-sec", ".unit:p50-sec", 2},
		{bundle, "p50-sec", ".unit:(p50-sec OR p99-sec)", 2},
		{bundle, "goodput/s", ".unit:goodput/s", 0},
		{bundle, "sec/op", ".unit:ns/op", 0},
		{text, "x-sec", ".unit:x-sec", 3},
		{text, "x-sec", ".unit:x-ns", 3},
		{text, "x-sec", ".unit:x-sec .name:A", 3},
		{text, "sec/op", ".unit:sec/op OR (.unit:x-sec .name:A)", 0},
		{text, "sec/op", "-.unit:x-sec", 0},
	} {
		all, found := rows(c.input, "", ""), 0
		for _, r := range rows(c.input, c.filter, "") {
			if r.Unit != c.unit {
				continue
			}
			found++
			i := slices.IndexFunc(all, func(o Row) bool { return o.Name == r.Name && o.Config == r.Config && o.Unit == r.Unit })
			if got, want := judged(r), judged(all[i]); got != want {
				t.Errorf("%s:\n%s\nand without\n%s", c.filter, got, want)
			}
			if r.Head.Results-len(r.Head.Values) != c.missing {
				t.Errorf("%s: %d of %d results have a value; want %d without", c.filter, len(r.Head.Values), r.Head.Results, c.missing)
			}
		}
		if found == 0 {
			t.Errorf("%s: no row", c.filter)
		}
	}
	// What another part of the filter turns away is none of the row's results.
	for _, r := range rows(text, ".unit:x-sec .name:A", "/n") {
		if r.Base.Results != 10 || r.Head.Results != 10 || len(r.Head.Values) != 7 {
			t.Errorf("%d and %d results, %d values of head; want 10, 10 and 7", r.Base.Results, r.Head.Results, len(r.Head.Values))
		}
	}
}

// open are the inputs under these paths.
func open(t *testing.T, paths ...string) []load.Source {
	t.Helper()
	var sources []load.Source
	for _, p := range paths {
		s, err := load.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	return sources
}

// Trials that differ in a key which the rows leave out are several in a block, and
// nothing tells which belong together.
func TestMergedTrials(t *testing.T) {
	bundle := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, bundle, bundletest.Check{Blocks: 6, Micro: map[string]float64{}})
	_, err := Collect(open(t, bundle), Options{Base: "base", Head: "head", Row: ".name"})
	if !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "several trials of block 1") || !strings.Contains(err.Error(), "add /scenario to --row") {
		t.Errorf("rows of several scenarios: %v", err)
	}
	for _, row := range []string{"", "/scenario", ".name /scenario"} {
		if _, err := Collect(open(t, bundle), Options{Base: "base", Head: "head", Row: row}); err != nil {
			t.Errorf("--row %q: %v", row, err)
		}
	}
}
