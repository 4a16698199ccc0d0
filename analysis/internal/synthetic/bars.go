package synthetic

import (
	"fmt"

	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/internal/looks"
)

// What is asked of the gate in checks without a change, and of a change of 10 %.
const (
	mostFalse      = looks.Level // false regressions
	mostFalseUpper = 0.065       // upper end of their interval
	leastFound     = 0.99        // of a change of 10 % at a CV of 3 or 5 %
	mostPassed     = 0.003       // of a change of 10 %
)

// outcome says what became of something that is asked.
type outcome string

const (
	met    outcome = "met"
	missed outcome = "**missed**"
	open   outcome = "not shown" // the interval is too wide for either
)

// atMost holds a rate against a limit, and the upper end of its interval against another.
// The limit is missed if the whole interval lies above it.
func atMost(r rates.Rate, limit, upper float64) outcome {
	low, high := r.Interval()
	switch {
	case r.Of > 0 && low > limit:
		return missed
	case r.Of == 0, r.Value() > limit, high > upper:
		return open
	}
	return met
}

// asked is what is asked of a cell of the section power, and what became of it. Both are
// empty if nothing is.
func (c Cell) asked(r Record) (what string, became outcome) {
	w := c.World
	blocks := float64(r.Now.Blocks) / float64(r.Checks)
	all := func(parts ...outcome) outcome {
		worst := met
		for _, p := range parts {
			if p == missed || worst != missed && p == open {
				worst = p
			}
		}
		return worst
	}
	below := func(limit float64) outcome {
		if blocks <= limit {
			return met
		}
		return missed
	}
	passed := rates.Rate{Hits: r.Now.Pass, Of: r.Checks}
	switch {
	case w.Copies != EveryCopy:
		return "", ""
	case w.Effect == 0 && w.CV == 0.01:
		const most = 10
		return fmt.Sprintf("%d blocks", most), below(most)
	case w.Effect == 0.10 && (w.CV == 0.03 || w.CV == 0.05):
		most := map[float64]float64{0.03: 10.5, 0.05: 14}[w.CV]
		found := met
		if rate := (rates.Rate{Hits: r.Now.Regression, Of: r.Checks}); rate.Value() < leastFound {
			found = missed
		}
		return fmt.Sprintf("found in %g %%, passes in %g %%, %g blocks", 100*leastFound, 100*mostPassed, most),
			all(found, below(most), atMost(passed, mostPassed, mostPassed))
	case w.Effect == 0.10:
		return fmt.Sprintf("passes in %g %%", 100*mostPassed), atMost(passed, mostPassed, mostPassed)
	}
	return "", ""
}
