package gate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/assay-bench/assay/internal/looks"
)

// withCopy adds an A/A copy of base to a simulated check, drawn as base was.
func (w world) withCopy(r *rand.Rand, blocks int) Input {
	in := w.input(r, blocks)
	in.BaseLabel, in.HeadLabel = "base", "head"
	copied := world{rows: w.rows, perScenario: w.perScenario, cv: w.cv, margin: w.margin, noise: w.noise}.input(r, blocks)
	control := Control{Kind: ControlAA, Base: "base", Head: "base-aa"}
	for i := range in.Rows {
		row := in.Rows[i]
		row.Head = copied.Rows[i].Base
		control.Rows = append(control.Rows, row)
	}
	in.Controls = []Control{control}
	return in
}

// checked makes the declared looks at a check, of which a pass and a regression are
// final, and says after how many blocks it ended.
func checked(in Input) (verdict string, blocks int) {
	made := []int{}
	for _, l := range looks.Declared() {
		verdict, blocks = Judge(first(in, l.Blocks).at(l.Blocks, made)).Verdict, l.Blocks
		if verdict != Inconclusive {
			break
		}
		made = append(made, l.Blocks)
	}
	return verdict, blocks
}

// TestSimulateLooks is the level, the power and the expected number of blocks of a
// check with both looks, with an A/A copy and without.
func TestSimulateLooks(t *testing.T) {
	shapes := map[string]func(*rand.Rand) float64{
		"t with 2 df": func(r *rand.Rand) float64 {
			a, b := r.NormFloat64(), r.NormFloat64()
			return r.NormFloat64() / math.Sqrt((a*a+b*b)/2)
		},
		"lognormal": noises[1].draw,
	}
	for _, c := range []struct {
		rows       int
		noise      string // "" is normal
		cv, effect float64
		copied     bool
		regression [2]float64 // shares, from and to
		blocks     float64    // expected, at most; 0: any
		always     bool       // else not in the short form
	}{
		{9, "", 0.01, 0, true, [2]float64{0, 0.065}, 10.5, false},
		{9, "", 0.03, 0.10, true, [2]float64{0.97, 1}, 10.5, true},
		{9, "", 0.05, 0.10, true, [2]float64{0.95, 1}, 14, false},
		{9, "", 0.05, 0, true, [2]float64{0, 0.065}, 0, false},
		{9, "", 0.10, 0, true, [2]float64{0, 0.065}, 0, false},
		{9, "", 0.05, 0, false, [2]float64{0, 0.065}, 0, false},
		{3, "", 0.05, 0, true, [2]float64{0, 0.065}, 0, true},
		{30, "", 0.05, 0, true, [2]float64{0, 0.065}, 0, false},
		{9, "t with 2 df", 0.02, 0, true, [2]float64{0, 0.065}, 0, false},
		{9, "lognormal", 0.05, 0, true, [2]float64{0, 0.065}, 0, false},
	} {
		if !c.always && testing.Short() {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(1000*c.cv), uint64(1000*c.effect)))
		w := world{rows: c.rows, perScenario: 3, cv: c.cv, effect: c.effect, margin: 0.05, noise: shapes[c.noise]}
		const n = repetitions / 2
		seen, ended := map[string]float64{}, 0.0
		for range n {
			in := w.input(r, looks.Last())
			if c.copied {
				in = w.withCopy(r, looks.Last())
			}
			verdict, blocks := checked(in)
			seen[verdict] += 1. / n
			ended += float64(blocks) / n
		}
		// Four standard errors for the few repetitions of the quick form.
		slack := 4 * math.Sqrt(0.05*0.95/n)
		if p := seen[Regression]; p < c.regression[0]-slack || p > c.regression[1]+slack {
			t.Errorf("%+v: %.3f regressions", c, p)
		}
		if c.blocks > 0 && ended > c.blocks+10*slack {
			t.Errorf("%+v: %.1f blocks", c, ended)
		}
	}
}
