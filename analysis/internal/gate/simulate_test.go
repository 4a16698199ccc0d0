package gate

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/metric"
)

// tables prints the table of GATE.md's rule as simulated, from many more
// repetitions:
//
//	go test ./analysis/internal/gate -run SimulateTable -tables
var tables = flag.Bool("tables", false, "print tables of simulated verdicts, from many more repetitions")

func repetitions() int {
	if *tables {
		return 1000
	}
	return 60
}

// world is what a check is simulated from: rows in scenarios, of which the rows
// of one scenario share half of their noise within a trial.
type world struct {
	rows, perScenario int
	cv                float64 // of a trial
	effect            float64 // on the first row: 0.1 is 10 % slower
	margin            float64
	noise             func(*rand.Rand) float64 // with deviation 1; nil: normal
}

// blocks draws so many blocks of base and head.
func (w world) input(r *rand.Rand, blocks int) Input {
	noise := w.noise
	if noise == nil {
		noise = (*rand.Rand).NormFloat64
	}
	in := Input{Paired: true, Planned: blocks, Alpha: AlphaOf(blocks)}
	for i := range w.rows {
		row := Row{Name: fmt.Sprintf("HTTP/row=%d", i), Unit: "p50-sec", Family: compare.FamilyHTTP, Better: metric.Lower, Margin: w.margin}
		for b := range blocks {
			row.Blocks = append(row.Blocks, b+1)
		}
		in.Rows = append(in.Rows, row)
	}
	trial := func(side func(*Row) *[]float64, effect float64) {
		common := 0.0
		for i := range in.Rows {
			if i%w.perScenario == 0 {
				common = noise(r)
			}
			v := math.Exp(w.cv * (common + noise(r)) / math.Sqrt2)
			if i == 0 {
				v *= 1 + effect
			}
			s := side(&in.Rows[i])
			*s = append(*s, v)
		}
	}
	for range blocks {
		trial(func(x *Row) *[]float64 { return &x.Base }, 0)
		trial(func(x *Row) *[]float64 { return &x.Head }, w.effect)
	}
	return in
}

// first is the look at the first n blocks of an input.
func first(in Input, n int) Input {
	out := in
	out.Planned, out.Alpha, out.Rows = n, AlphaOf(n), nil
	for _, r := range in.Rows {
		r.Blocks, r.Base, r.Head = r.Blocks[:n], r.Base[:n], r.Head[:n]
		out.Rows = append(out.Rows, r)
	}
	return out
}

// check makes both looks: the second one only if the first did not pass.
func check(in Input) string {
	if v := Judge(first(in, 10)); v.Verdict == Pass {
		return Pass
	}
	return Judge(in).Verdict
}

// TestSimulateTable repeats the table of the rule: 9 rows in 3 scenarios with
// correlation 0.5, margin 5 %, looks after 10 and 20 blocks.
func TestSimulateTable(t *testing.T) {
	for _, c := range []struct {
		cv, effect       float64
		pass, regression [2]float64 // shares, from and to
	}{
		{0.01, 0, [2]float64{0.95, 1}, [2]float64{0, 0.05}},
		{0.01, 0.05, [2]float64{0, 0.12}, [2]float64{0.40, 0.80}},
		{0.01, 0.10, [2]float64{0, 0}, [2]float64{1, 1}},
		{0.01, 0.20, [2]float64{0, 0}, [2]float64{1, 1}},
		{0.03, 0, [2]float64{0.90, 1}, [2]float64{0, 0.05}},
		{0.03, 0.05, [2]float64{0, 0.12}, [2]float64{0.38, 0.78}},
		{0.03, 0.10, [2]float64{0, 0}, [2]float64{0.98, 1}},
		{0.03, 0.20, [2]float64{0, 0}, [2]float64{1, 1}},
		{0.05, 0, [2]float64{0.10, 0.45}, [2]float64{0, 0.10}},
		{0.05, 0.10, [2]float64{0, 0}, [2]float64{0.90, 1}},
		{0.05, 0.20, [2]float64{0, 0}, [2]float64{1, 1}},
		{0.10, 0, [2]float64{0, 0.05}, [2]float64{0, 0.12}},
		{0.10, 0.10, [2]float64{0, 0}, [2]float64{0.35, 0.75}},
		{0.10, 0.20, [2]float64{0, 0}, [2]float64{0.95, 1}},
	} {
		r := rand.New(rand.NewPCG(uint64(1000*c.cv), uint64(1000*c.effect)))
		w := world{rows: 9, perScenario: 3, cv: c.cv, effect: c.effect, margin: 0.05}
		seen := map[string]float64{}
		n := repetitions()
		for range n {
			seen[check(w.input(r, 20))] += 1 / float64(n)
		}
		if *tables {
			fmt.Printf("CV %2.0f %%, effect %+3.0f %%: pass %5.1f, regression %5.1f, inconclusive %5.1f\n", 100*c.cv, 100*c.effect,
				100*seen[Pass], 100*seen[Regression], 100*seen[Inconclusive])
		}
		const rounding = 1e-9
		if p := seen[Pass]; p < c.pass[0]-rounding || p > c.pass[1]+rounding {
			t.Errorf("CV %v, effect %v: %.3f pass, want %v", c.cv, c.effect, p, c.pass)
		}
		if p := seen[Regression]; p < c.regression[0]-rounding || p > c.regression[1]+rounding {
			t.Errorf("CV %v, effect %v: %.3f regressions, want %v", c.cv, c.effect, p, c.regression)
		}
	}
}

// BenchmarkJudge is what one verdict on nine rows costs.
//
//	go test ./analysis/internal/gate -run xxx -bench Judge
func BenchmarkJudge(b *testing.B) {
	for _, blocks := range []int{10, 16, 20} {
		b.Run(fmt.Sprintf("blocks=%d", blocks), func(b *testing.B) {
			in := world{rows: 9, perScenario: 3, cv: 0.03, margin: 0.05}.input(rand.New(rand.NewPCG(1, 1)), blocks)
			for b.Loop() {
				Judge(in)
			}
		})
	}
}
