package load

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

func bins(pairs ...int64) Distribution {
	var d Distribution
	for i := 0; i < len(pairs); i += 2 {
		d.Bins = append(d.Bins, results.Bin{Value: pairs[i], Count: uint64(pairs[i+1])})
	}
	return d
}

func TestQuantiles(t *testing.T) {
	const sec = 1e9
	late := bins(1*sec, 98)
	late.Timeouts = 2
	for _, c := range []struct {
		name   string
		d      Distribution
		shares []float64
		want   []float64
	}{
		{"nothing", Distribution{}, []float64{0.5}, []float64{math.NaN()}},
		{"one", bins(2*sec, 1), []float64{0, 0.5, 0.999}, []float64{2, 2, 2}},
		{"a hundred", bins(1*sec, 50, 2*sec, 49, 3*sec, 1), []float64{0, 0.5, 0.51, 0.99, 0.991}, []float64{1, 1, 2, 2, 3}},
		{"time-outs above", late, []float64{0.5, 0.98, 0.981, 0.99}, []float64{1, 1, math.Inf(1), math.Inf(1)}},
	} {
		got := c.d.Quantiles(c.shares)
		for i := range got {
			if got[i] != c.want[i] && !(math.IsNaN(got[i]) && math.IsNaN(c.want[i])) {
				t.Errorf("%s: at %v: %v, want %v", c.name, c.shares[i], got[i], c.want[i])
			}
		}
	}
}

func TestMerge(t *testing.T) {
	got := Merge(bins(1, 1, 5, 2), bins(), bins(1, 3, 2, 1), bins(9, 1))
	if want := bins(1, 4, 2, 1, 5, 2, 9, 1); !slices.Equal(got.Bins, want.Bins) {
		t.Errorf("merged %v, want %v", got.Bins, want.Bins)
	}
}

// TestProfileAgreesWithTheTrial: what the log holds and what the trial's line
// says must be the same distribution.
func TestProfileAgreesWithTheTrial(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 2})
	run, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, c := range run.Cells("") {
		for _, trial := range c.Trials {
			p, err := run.Profile(trial)
			if err != nil {
				t.Fatal(err)
			}
			d := p.Window
			if got, want := d.Count(), trial.Stream.Headline.Count; got != want {
				t.Errorf("%s: %d values, the trial says %d", trial.ID, got, want)
			}
			if got, want := d.Quantiles([]float64{0.99})[0], *trial.Stream.Headline.At(0.99)/1e9; math.Abs(got-want) > 0.001*want {
				t.Errorf("%s: p99 %v, the trial says %v", trial.ID, got, want)
			}
			seen++
		}
	}
	if seen != 6 {
		t.Errorf("%d trials, want 6", seen)
	}
}

func TestCellsAreInTheOrderOfTheFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 2, Seconds: 1, Values: 50, AA: true, Void: true})
	run, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range run.Cells("") {
		got = append(got, c.Scenario+"/"+c.Label())
		if len(c.Trials) != 2 || c.Trials[0].Block != 1 || c.Trials[1].Block != 2 {
			t.Errorf("%s: wrong trials", c.Label())
		}
	}
	want := []string{"burst/naive", "burst/workerpool", "burst/optimized", "steady/naive", "steady/workerpool", "steady/optimized", "steady/workerpool-aa"}
	if !slices.Equal(got, want) {
		t.Errorf("cells %q, want %q", got, want)
	}
	if n := len(run.Void()); n != 1 {
		t.Errorf("%d void trials, want 1", n)
	}
}

func TestTimeoutsAreInfinite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 1, Seconds: 1, Timeouts: 100})
	run, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range run.Cells("steady") {
		f := c.Trials[0].Figures
		if !math.IsInf(f["p99-sec"], 1) || math.IsInf(f["p50-sec"], 1) {
			t.Errorf("%s: p99 %v, p50 %v: want the first alone beyond the time-out", c.Label(), f["p99-sec"], f["p50-sec"])
		}
	}
}

// TestTimeoutsInText: a line leaves out what lies among its time-outs, and what
// was never measured. Only the first is known.
func TestTimeoutsInText(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		line string
		want map[string]float64
	}{
		{"BenchmarkHTTP/scenario=s 1000 0.01 p50-sec 0.05 timeout-ratio 0 error-ratio 0 reject-ratio", map[string]float64{"p50-sec": 0.01, "p99-sec": inf, "p99.9-sec": inf, "max-sec": inf}},
		{"BenchmarkHTTP/scenario=s 1000 0.01 p50-sec 0.005 timeout-ratio", map[string]float64{"p50-sec": 0.01, "p99.9-sec": inf, "max-sec": inf}},
		{"BenchmarkHTTP/scenario=s 1000 0.01 p50-sec 0.01 timeout-ratio 0.8 error-ratio 0.1 reject-ratio", map[string]float64{"p50-sec": 0.01, "p95-sec": inf, "p99-sec": inf, "p99.9-sec": inf, "max-sec": inf}},
		{"BenchmarkHTTP/scenario=s 1000 1 timeout-ratio", map[string]float64{"p50-sec": inf, "p90-sec": inf, "p95-sec": inf, "p99-sec": inf, "p99.9-sec": inf, "max-sec": inf}},
		{"BenchmarkHTTP/scenario=s 1000 0.01 p50-sec 0 timeout-ratio", map[string]float64{"p50-sec": 0.01}},
		{"BenchmarkHTTP/scenario=s 1000 0 timeout-ratio 1 error-ratio", map[string]float64{}},
		{"BenchmarkOther 1000 0.5 timeout-ratio", map[string]float64{}},
	} {
		var text Text
		got := map[string]float64{}
		err := text.read(strings.NewReader(c.line+"\n"), func(o Observation) error {
			for _, v := range o.Values {
				if units.IsLatency(v.Unit) {
					got[v.Unit] = v.Value
				}
			}
			return nil
		})
		// A share of 0.9 answered is that of the p90, and 0.95 that of the p95.
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v (%v)", c.line, got, c.want, err)
		}
	}
}

// A bundle and a file are read once, and hand the same out whatever was done with it
// the time before: a filter drops values.
func TestReadOnce(t *testing.T) {
	dir := t.TempDir()
	bundle, text := filepath.Join(dir, "b"), filepath.Join(dir, "t.txt")
	bundletest.WriteCheck(t, bundle, bundletest.Check{Blocks: 6, Micro: map[string]float64{"head": 1}})
	if err := os.WriteFile(text, []byte("goos: linux\nBenchmarkA-8 1 5 ns/op 7 B/op\nBenchmarkB-8 1 x ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bundle, text} {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var passes [2][]string
		for i := range passes {
			if err := s.Each(func(o Observation) error {
				passes[i] = append(passes[i], fmt.Sprint(o.Block, o.Result.Name, o.Values, o.Result.GetConfig("goos")))
				o.Values = o.Values[:1]
				o.Values[0].Value = -1
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			passes[i] = append(passes[i], fmt.Sprint(s.Problems(), s.Units()))
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		if len(passes[0]) < 2 || !slices.Equal(passes[0], passes[1]) {
			t.Errorf("%s: first\n%q\nand then\n%q", path, passes[0], passes[1])
		}
	}
}
