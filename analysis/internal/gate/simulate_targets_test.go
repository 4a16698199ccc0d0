package gate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSimulateTargets: with ten targets, each with three rows that share half of their
// noise, checks without a change pass at little noise and are called a regression no more
// often than the level allows, and a loss of 20 % in one row of one target never passes.
// Package rates says how often checks of several targets pass, and find 10 %.
func TestSimulateTargets(t *testing.T) {
	for _, c := range []struct {
		targets int
		cv      float64
		always  bool // else not in the short form
		passes  float64
	}{
		{3, 0.01, false, 0.95}, {10, 0.01, true, 0.95}, {30, 0.01, true, 0.95},
		{3, 0.03, false, 0}, {10, 0.03, false, 0}, {30, 0.03, false, 0},
	} {
		if !c.always && testing.Short() {
			continue
		}
		seen := map[float64]map[string]float64{}
		for _, effect := range []float64{0, 0.2} {
			r := rand.New(rand.NewPCG(uint64(c.targets), uint64(1000*(c.cv+effect))))
			w := world{rows: 3 * c.targets, perScenario: 3, cv: c.cv, effect: effect, margin: 0.05}
			seen[effect] = map[string]float64{}
			for range repetitions {
				seen[effect][check(w.input(r, 20))] += 1. / repetitions
			}
		}
		if p := seen[0][Pass]; p < c.passes {
			t.Errorf("%d targets, CV %v: %.3f pass without a change", c.targets, c.cv, p)
		}
		// Four standard errors above the level of both looks.
		if p := seen[0][Regression]; p > 0.05+4*math.Sqrt(0.05*0.95/repetitions) {
			t.Errorf("%d targets, CV %v: %.3f false regressions", c.targets, c.cv, p)
		}
		if p := seen[0.2][Pass]; p > 0 {
			t.Errorf("%d targets, CV %v: +20 %% in one row passed in %.3f", c.targets, c.cv, p)
		}
	}
}
