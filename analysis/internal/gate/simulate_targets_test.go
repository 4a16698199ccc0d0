package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestSimulateTargets: with ten targets, each with three rows that share half of their
// noise, checks without a change pass at little noise and are called a regression no more
// often than the level allows, and a loss of 20 % in one row of one target never passes.
// With -tables it prints how often checks of 3, 10 and 30 targets pass, and find 10 %.
func TestSimulateTargets(t *testing.T) {
	for _, c := range []struct {
		targets int
		cv      float64
		always  bool // else with -tables only
		passes  float64
	}{
		{3, 0.01, false, 0.95}, {10, 0.01, true, 0.95}, {30, 0.01, true, 0.95},
		{3, 0.03, false, 0}, {10, 0.03, false, 0}, {30, 0.03, false, 0},
	} {
		if !c.always && !*tables {
			continue
		}
		effects := []float64{0, 0.2}
		n := repetitions()
		if *tables {
			effects, n = []float64{0, 0.1, 0.2}, repetitions()/10
		}
		seen := map[float64]map[string]float64{}
		for _, effect := range effects {
			r := rand.New(rand.NewPCG(uint64(c.targets), uint64(1000*(c.cv+effect))))
			w := world{rows: 3 * c.targets, perScenario: 3, cv: c.cv, effect: effect, margin: 0.05}
			seen[effect] = map[string]float64{}
			for range n {
				seen[effect][check(w.input(r, 20))] += 1 / float64(n)
			}
			if *tables {
				fmt.Printf("%2d targets, CV %.0f %%, effect %+3.0f %%: pass %5.1f, regression %5.1f, inconclusive %5.1f of %d\n",
					c.targets, 100*c.cv, 100*effect, 100*seen[effect][Pass], 100*seen[effect][Regression], 100*seen[effect][Inconclusive], n)
			}
		}
		if p := seen[0][Pass]; p < c.passes {
			t.Errorf("%d targets, CV %v: %.3f pass without a change", c.targets, c.cv, p)
		}
		// Four standard errors above the level of both looks.
		if p := seen[0][Regression]; p > 0.05+4*math.Sqrt(0.05*0.95/float64(n)) {
			t.Errorf("%d targets, CV %v: %.3f false regressions", c.targets, c.cv, p)
		}
		if p := seen[0.2][Pass]; p > 0 {
			t.Errorf("%d targets, CV %v: +20 %% in one row passed in %.3f", c.targets, c.cv, p)
		}
	}
}
