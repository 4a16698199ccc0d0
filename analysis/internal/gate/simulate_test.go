package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// repetitions is how many checks a test makes of each kind. GATE.md has the figures of
// many more, which package synthetic makes.
const repetitions = 40

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
	in := Input{Paired: true}.at(blocks, nil)
	for i := range w.rows {
		row := Row{Name: fmt.Sprintf("HTTP/row=%d", i), Unit: "p50-sec", Family: compare.FamilyHTTP, Better: units.Lower, Margin: w.margin}
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
	out := in.at(n, nil)
	out.Rows = nil
	for _, r := range in.Rows {
		r.Blocks, r.Base, r.Head = r.Blocks[:n], r.Base[:n], r.Head[:n]
		out.Rows = append(out.Rows, r)
	}
	out.Controls = nil
	for _, c := range in.Controls {
		c.Rows = first(Input{Rows: c.Rows}, n).Rows
		out.Controls = append(out.Controls, c)
	}
	return out
}

// check makes both looks: the second one only if the first did not decide.
func check(in Input) string {
	verdict, _ := checked(in)
	return verdict
}

// TestSimulateTable repeats a part of the table of the rule: 9 rows in 3 scenarios with
// correlation 0.5, margin 5 %, the declared looks.
func TestSimulateTable(t *testing.T) {
	for _, c := range []struct {
		cv, effect       float64
		pass, regression [2]float64 // shares, from and to
		always           bool       // else not in the short form: twenty blocks take their time
	}{
		{0.01, 0, [2]float64{0.95, 1}, [2]float64{0, 0.05}, true},
		{0.01, 0.05, [2]float64{0, 0.12}, [2]float64{0.45, 0.95}, false}, // 69 % of many
		{0.01, 0.10, [2]float64{0, 0}, [2]float64{1, 1}, false},
		{0.01, 0.20, [2]float64{0, 0}, [2]float64{1, 1}, false},
		{0.03, 0, [2]float64{0.90, 1}, [2]float64{0, 0.05}, false},
		{0.03, 0.05, [2]float64{0, 0.12}, [2]float64{0.38, 0.78}, true},
		{0.03, 0.10, [2]float64{0, 0}, [2]float64{0.98, 1}, true},
		{0.03, 0.20, [2]float64{0, 0}, [2]float64{1, 1}, false},
		{0.05, 0, [2]float64{0.10, 0.45}, [2]float64{0, 0.10}, true},
		{0.05, 0.10, [2]float64{0, 0}, [2]float64{0.90, 1}, false},
		{0.05, 0.20, [2]float64{0, 0}, [2]float64{1, 1}, false},
		{0.10, 0, [2]float64{0, 0.05}, [2]float64{0, 0.12}, true},
		{0.10, 0.10, [2]float64{0, 0}, [2]float64{0.35, 0.75}, false},
		{0.10, 0.20, [2]float64{0, 0}, [2]float64{0.95, 1}, true},
	} {
		if !c.always && testing.Short() {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(1000*c.cv), uint64(1000*c.effect)))
		w := world{rows: 9, perScenario: 3, cv: c.cv, effect: c.effect, margin: 0.05}
		seen := map[string]float64{}
		for range repetitions {
			seen[check(w.input(r, 20))] += 1. / repetitions
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

// noises are shapes of noise, with deviation about 1 but for the last two.
var noises = []struct {
	name string
	draw func(*rand.Rand) float64
}{
	{"normal", (*rand.Rand).NormFloat64},
	{"lognormal", func(r *rand.Rand) float64 { return (math.Exp(r.NormFloat64()) - math.Exp(0.5)) / 2.16 }},
	{"5 % outliers", func(r *rand.Rand) float64 {
		if r.Float64() < 0.05 {
			return 8 * r.NormFloat64()
		}
		return r.NormFloat64()
	}},
	{"Cauchy", func(r *rand.Rand) float64 { return max(-100, min(100, r.NormFloat64()/r.NormFloat64())) }},
}

// lose takes blocks away on one side or the other, as a check that failed does.
func lose(in Input, r *rand.Rand, blocks int) Input {
	for _, b := range r.Perm(len(in.Rows[0].Blocks))[:blocks] {
		for i := range in.Rows {
			in.Rows[i].Base[b], in.Rows[i].Head[b] = math.NaN(), math.NaN()
		}
	}
	return in
}

// TestSimulateHardship: whatever the noise, with 30 rows and with two of ten
// blocks lost, a true loss of 20 % in one row never passes, and checks without a
// change are called a regression in at most 5 % of cases.
func TestSimulateHardship(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone simulates so much")
	}
	for _, c := range []struct {
		name string
		rows int
		lost int
	}{{"9 rows", 9, 0}, {"9 rows, 8 of 10 blocks", 9, 2}, {"30 rows", 30, 0}, {"30 rows, 8 of 10 blocks", 30, 2}} {
		for _, noise := range noises {
			for _, cv := range []float64{0.01, 0.05, 0.2} {
				r := rand.New(rand.NewPCG(uint64(c.rows+c.lost), uint64(1000*cv)))
				seen := map[float64]map[string]float64{0: {}, 0.2: {}}
				for _, effect := range []float64{0, 0.2} { // one source of noise: in this order
					w := world{rows: c.rows, perScenario: 3, cv: cv, effect: effect, margin: 0.05, noise: noise.draw}
					for range repetitions {
						seen[effect][Judge(lose(w.input(r, 10), r, c.lost)).Verdict] += 1. / repetitions
					}
				}
				if p := seen[0.2][Pass]; p > 0 {
					t.Errorf("%s, %s, CV %v: +20 %% passed in %.1f %%", c.name, noise.name, cv, 100*p)
				}
				// Four standard errors above α, which is 2 % for this look.
				if p := seen[0][Regression]; p > 0.02+4*math.Sqrt(0.02*0.98/repetitions) {
					t.Errorf("%s, %s, CV %v: false regressions in %.1f %%", c.name, noise.name, cv, 100*p)
				}
			}
		}
	}
}

// TestSimulateFamilies: two families together are called a regression no more
// often than the level allows, whether they share noise or not, and with two
// margins of nothing, so that the test alone decides.
func TestSimulateFamilies(t *testing.T) {
	for _, together := range []bool{false, true} {
		r := rand.New(rand.NewPCG(9, 9))
		const n = 5 * repetitions
		wrong := 0
		for range n {
			in := world{rows: 3, perScenario: 3, cv: 0.05, margin: 1e-9}.input(r, 10)
			for _, row := range (world{rows: 12, perScenario: 3, cv: 0.05, margin: 1e-9}).input(r, 10).Rows {
				if together {
					row = in.Rows[len(in.Rows)%3]
				}
				row.Family = compare.FamilyMicro
				in.Rows = append(in.Rows, row)
			}
			if Judge(in).Verdict == Regression {
				wrong++
			}
		}
		share := float64(wrong) / n
		if share > 0.02+4*math.Sqrt(0.02*0.98/n) {
			t.Errorf("shared noise %v: %.1f %% false regressions", together, 100*share)
		}
	}
}
