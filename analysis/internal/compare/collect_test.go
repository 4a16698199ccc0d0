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
	"github.com/assay-bench/assay/results"
)

// judged is what a row is judged by, apart from the other rows of its family.
func judged(r Row) string {
	return fmt.Sprint(r.Name, r.Unit, r.Paired, r.Base.Results, r.Base.Blocks, r.Head.Results, r.Head.Blocks, r.P, r.Marks, r.Doubts, r.Notes)
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
		res, err := Run([]load.Source{s}, Options{Base: "base", Head: "head", Filter: filter, Row: row})
		if err != nil {
			t.Fatalf("%s %s: %v", input, filter, err)
		}
		return res.Rows
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

// Rows of a scenario that the two bundles did not measure alike are shown, and
// neither judged nor counted for the agreement.
func TestOtherSetup(t *testing.T) {
	dir := t.TempDir()
	short, long := filepath.Join(dir, "short"), filepath.Join(dir, "long")
	bundletest.Write(t, short, bundletest.Plan{Blocks: 6, Seconds: 1})
	bundletest.Write(t, long, bundletest.Plan{Blocks: 6, Seconds: 3})
	res, err := Run(open(t, short, long), Options{})
	if err != nil {
		t.Fatal(err)
	}
	const why = "measured differently: duration 1s, 3s"
	judged, marked := 0, 0
	for _, r := range res.Rows {
		other := strings.Contains(r.Name, "/scenario=steady")
		if r.Verdict == "" || other != slices.Contains(r.Notes, why) || other && r.Verdict != NotJudged {
			t.Errorf("%s %s: %q, notes %q", r.Name, r.Unit, r.Verdict, r.Notes)
		}
		if len(r.Marks) > 0 {
			marked++
		} else {
			judged++
		}
	}
	if legend := res.legend(); judged == 0 || !strings.Contains(legend, fmt.Sprintf("%d marked and not judged", marked)) {
		t.Errorf("%d rows are judged and %d not: %s", judged, marked, legend)
	}
	if res, err = Run(open(t, long, "again="+long), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range res.Rows {
		if slices.ContainsFunc(r.Marks, func(m Mark) bool { return m.Kind == OtherSetup }) {
			t.Errorf("%s %s: a bundle and itself: %v", r.Name, r.Unit, r.Marks)
		}
	}
}

// An input that is not a whole run is said to be none.
func TestNotesOnInputs(t *testing.T) {
	dir := t.TempDir()
	run := func(state string) string {
		path := filepath.Join(dir, state)
		bundletest.WriteCheck(t, path, bundletest.Check{Blocks: 6, State: state})
		return path
	}
	text := filepath.Join(dir, "bench.txt")
	var lines strings.Builder
	for range 6 {
		fmt.Fprintf(&lines, "BenchmarkHTTP/scenario=s/variant=v 1200 0.01 p50-sec 0.02 p99-sec 0.0001 lag-p99-sec 0.1 reject-ratio 0.1 error-ratio 0 timeout-ratio\n")
	}
	if err := os.WriteFile(text, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := run(results.StateComplete)
	for _, c := range []struct {
		head string
		want string // the notes
	}{
		{run(results.StateInterrupted), "the run was interrupted before all of its blocks were done"},
		{run(results.StateFailed), "the run failed"},
		{run(results.StateRunning), "the run has not ended"},
	} {
		res, err := Run(open(t, whole, c.head), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Notes) != 1 || !strings.HasPrefix(res.Notes[0], c.head+": "+c.want) || !strings.Contains(res.legend(), "\nNote: "+res.Notes[0]) {
			t.Errorf("%s: notes %q in %q", c.head, res.Notes, res.legend())
		}
	}
	res, err := Run(open(t, text, "new="+text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "without the marks that only bundles have") {
		t.Errorf("text: notes %q", res.Notes)
	}
	// 1,200 requests, of which 960 were answered: too few for a p99.
	for _, r := range res.Rows {
		few := slices.ContainsFunc(r.Marks, func(m Mark) bool {
			return m.Kind == FewValues && strings.Contains(m.Text, "with 960, and p99 needs 1000")
		})
		if few != (r.Unit == "p99-sec") {
			t.Errorf("%s: marks %v", r.Unit, r.Marks)
		}
	}
}

// Trials that differ in a key which the rows leave out are several in a block, and
// nothing tells which belong together.
func TestMergedTrials(t *testing.T) {
	bundle := filepath.Join(t.TempDir(), "bundle")
	bundletest.WriteCheck(t, bundle, bundletest.Check{Blocks: 6, Micro: map[string]float64{}})
	_, err := Run(open(t, bundle), Options{Base: "base", Head: "head", Row: ".name"})
	if !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "several trials of block 1") || !strings.Contains(err.Error(), "add /scenario to --row") {
		t.Errorf("rows of several scenarios: %v", err)
	}
	for _, row := range []string{"", "/scenario", ".name /scenario"} {
		if _, err := Run(open(t, bundle), Options{Base: "base", Head: "head", Row: row}); err != nil {
			t.Errorf("--row %q: %v", row, err)
		}
	}
}
