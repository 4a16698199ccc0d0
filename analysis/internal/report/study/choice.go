package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// choice divides the variants of a group by one metric into those that may be taken and
// those that are left out: shown to be worse than the best one, and estimated to be worse
// by more than the margin. The best variant is the one with the best median. Effects are Hodges–Lehmann estimates within blocks, as in
// comparisons, but they are not adjusted for their number.
type choice struct {
	unit   string
	best   *measured.Variant
	take   []*measured.Variant // in the order of the scenario, best among them
	leave  []rival
	unsure []rival // of take: neither worse nor known to be as good
	slower []rival // as good by unit, and shown to have a longer p99 than fastest
	why    string  // nothing can be said, and why

	fastest *measured.Variant // by p99, of those as good by unit; nil if p99 was not asked
}

// rival is a variant, compared with the best one.
// The effect rests on the blocks that both variants have.
type rival struct {
	of     *measured.Variant
	effect stats.Estimate // above "equal" is worse: ratio, or difference of shares
}

// choiceUnits are the metrics by which variants are chosen. The first one that all
// variants have decides. The share within the objective comes first, because a server
// cannot improve it by refusing requests; goodput serves scenarios without an objective.
var choiceUnits = []string{"within-slo-ratio", "goodput/s"}

// choose finds the choice of a group, by a unit or, if it is empty, by one of
// choiceUnits.
func choose(g *measured.Group, unit string) choice {
	// A copy or a slowed control must not be recommended.
	all := g.Candidates()
	judged := choiceUnits
	if unit != "" {
		judged = []string{unit}
	}
	for _, u := range judged {
		// A metric that one variant lacks cannot rank the others against it.
		if !slices.ContainsFunc(all, func(v *measured.Variant) bool { return v.Medians[u].N == 0 }) {
			c := chooseBy(all, u)
			// A question that names its metric is about this metric alone.
			if unit == "" {
				c.refine()
			}
			return c
		}
	}
	return choice{why: "no metric that all variants have"}
}

// refineUnit is the metric that chooses among variants that are alike by the first one.
const refineUnit = "p99-sec"

// refine leaves out the variants with a longer p99. It leaves the choice as it is if a
// trial was saturated or limited by the generator, or has no p99, because the p99 cannot be judged then.
func (ch *choice) refine() {
	if ch.why != "" || len(ch.take) < 2 {
		return
	}
	for _, c := range ch.take {
		if c.Facts.Saturated+c.Facts.LimitedIn(refineUnit) > 0 || c.Medians[refineUnit].N < len(c.Trials) {
			return
		}
	}
	// The second choice is among those that are left, so its best variant may be
	// another one than that of the first choice.
	by := chooseBy(ch.take, refineUnit)
	if by.why != "" {
		return
	}
	ch.fastest, ch.slower, ch.take = by.best, by.leave, by.take
	ch.unsure = slices.DeleteFunc(ch.unsure, func(r rival) bool {
		return slices.ContainsFunc(by.leave, func(s rival) bool { return s.of.Variant == r.of.Variant })
	})
}

// chooseBy finds the choice by one unit, which all candidates have.
func chooseBy(candidates []*measured.Variant, unit string) choice {
	ch := choice{unit: unit}
	if len(candidates) < 2 {
		ch.why = "one variant only"
		return ch
	}
	by := func(a, b *measured.Variant) int { return cmp.Compare(a.Medians[unit].Center, b.Medians[unit].Center) }
	ch.best = slices.MaxFunc(candidates, by)
	if units.Better(unit) == units.Lower {
		ch.best = slices.MinFunc(candidates, by)
	}
	// Effects are turned so that more than equal is worse, whatever the direction of
	// the metric.
	equal, margin := 1.0, units.Margin(unit)
	if units.IsShare(unit) {
		equal = 0
	}
	for _, c := range candidates {
		r := rival{c, ch.against(c)}
		switch {
		case c.Variant == ch.best.Variant:
			ch.take = append(ch.take, c)
		case r.effect.N < stats.FewestValues:
			ch.why = fmt.Sprintf("fewer than %d blocks in common", stats.FewestValues)
			return ch
		case !r.effect.Bounded():
			ch.why = "values of zero or beyond the time-out have no ratio"
			return ch
		// Worse needs both: an interval that excludes equality, and an estimate beyond
		// what matters.
		case r.effect.Low > equal && r.effect.Center > equal+margin:
			ch.leave = append(ch.leave, r)
		default:
			ch.take = append(ch.take, c)
			if r.effect.High > equal+margin {
				ch.unsure = append(ch.unsure, r)
			}
		}
	}
	return ch
}

// against is how much worse a variant is than the best one.
func (ch choice) against(c *measured.Variant) stats.Estimate {
	if units.Better(ch.unit) == units.Lower {
		return effectOf(c, ch.best, ch.unit)
	}
	return effectOf(ch.best, c, ch.unit)
}

// effectOf is how much more a has of a unit than b, within blocks.
func effectOf(a, b *measured.Variant, unit string) stats.Estimate {
	// Variants of a block met the same draws and the same state of the machine, so they
	// are compared block by block.
	blocks := map[int]float64{}
	for _, t := range b.Trials {
		if v, ok := t.Figures[unit]; ok {
			blocks[t.Block] = v
		}
	}
	var d []float64
	for _, t := range a.Trials {
		x, ok := t.Figures[unit]
		y, too := blocks[t.Block]
		switch {
		case !ok || !too:
		case units.IsShare(unit):
			d = append(d, x-y)
		default:
			// Zero has the logarithm -Inf, and two zeros have no difference. Such an
			// estimate is not bounded, which chooseBy reports.
			d = append(d, math.Log(x)-math.Log(y))
		}
	}
	e := stats.HodgesLehmann(d, stats.Level)
	if !units.IsShare(unit) {
		e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	}
	return e
}
