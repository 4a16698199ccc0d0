package synthetic

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// The looks and the levels of the first version's rule.
var firstLooks = []struct {
	blocks int
	alpha  float64
}{{10, 0.02}, {20, 0.03}}

// firstFewest is how many blocks a row needed in the first version.
const firstFewest = 8

// byFirst makes the looks of the first version's rule at a check. A pass after ten blocks
// was final. Anything else was measured on, and what was said after twenty blocks
// replaced it.
func byFirst(c check) (verdict string, blocks int) {
	for _, l := range firstLooks {
		verdict, blocks = firstOnce(c, l.blocks, l.alpha), l.blocks
		if verdict == gate.Pass {
			break
		}
	}
	return verdict, blocks
}

// firstOnce is what the first version's rule says after so many blocks. The copy of base
// was a control only. Marks are left out, because values that are drawn have none.
func firstOnce(c check, blocks int, alpha float64) string {
	aa := c.differences(blocks, again, c.world.copied)
	if worse, _ := firstRows(aa, alpha); worse {
		return gate.Inconclusive
	}
	for _, row := range aa {
		for b := range row {
			row[b] = -row[b]
		}
	}
	if better, _ := firstRows(aa, alpha); better {
		return gate.Inconclusive
	}
	worse, within := firstRows(c.differences(blocks, head, func(int) bool { return true }), alpha)
	switch {
	case worse:
		return gate.Regression
	case within:
		return gate.Pass
	}
	return gate.Inconclusive
}

// firstRows reports whether some row is proven worse and estimated beyond the margin, and
// whether a loss beyond the margin is excluded in all of them.
func firstRows(rows [][]float64, alpha float64) (worse, within bool) {
	beyond := make([]bool, len(rows))
	within = true
	any := false
	for i, row := range rows {
		present := stats.Present(row)
		e := stats.HodgesLehmann(present, 1-2*alpha)
		beyond[i] = len(present) >= firstFewest && math.Expm1(e.Center) > margin
		any = any || beyond[i]
		within = within && len(present) >= firstFewest && math.Expm1(e.High) < margin
	}
	if !any {
		return false, within // no p can change that
	}
	// Without trios this is the test of the first version, by the faster of two ways to
	// draw signs.
	for i, p := range stats.MaxTExchange(rows, nil, stats.Greater, stats.Seed(rows)) {
		worse = worse || beyond[i] && p <= alpha
	}
	return worse, within
}
