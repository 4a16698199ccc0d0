package claims

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// estimate makes the measurement. why is not empty if the data for it are missing; mark
// is not empty if the estimate may not be judged. A number that can only be bounded has
// an interval that reaches over the intervals of both bounds.
func (m Measure) estimate(from Source) (e stats.Estimate, mark, why string) {
	e, mark, why = m.estimateOf(from, m.Metric, m.Metric)
	if why != "" || m.Metric != OwnGoroutines {
		return e, mark, why
	}
	least, markLeast, why := m.estimateOf(from, leastGoroutines, OwnGoroutines)
	if why != "" {
		return least, "", why
	}
	most, markMost, why := m.estimateOf(from, OwnGoroutines, leastGoroutines)
	e.Low, e.High = least.Low, most.High
	return e, cmp.Or(mark, markLeast, markMost), why
}

// estimateOf measures one metric of A and one of B.
func (m Measure) estimateOf(from Source, ofA, ofB string) (e stats.Estimate, mark, why string) {
	none := stats.Median(nil)
	a, mark, why := from.Values(m.A, ofA)
	if why != "" {
		return none, "", why
	}
	if m.Kind == Median {
		return stats.Median(inOrder(a)), mark, ""
	}
	b, markB, why := from.Values(m.B, ofB)
	if why != "" {
		return none, "", why
	}
	mark = cmp.Or(mark, markB)
	if mark == "" && ofSuccesses(m.Metric) {
		mark = m.populations(from)
	}
	switch m.Kind {
	case Ratio:
		return ratio(a, b), mark, ""
	case Difference:
		return stats.HodgesLehmann(paired(a, b, func(x, y float64) float64 { return x - y }), stats.Level), mark, ""
	}
	moreA, markA, why := from.Values(m.A, m.Per)
	if why != "" {
		return none, "", why
	}
	moreB, markB, why := from.Values(m.B, m.Per)
	if why != "" {
		return none, "", why
	}
	mark = cmp.Or(mark, markA, markB)
	return slope(a, b, moreA, moreB), mark, ""
}

// populations says whether the two subjects answered different requests.
func (m Measure) populations(from Source) string {
	for _, share := range []string{"reject-ratio", "error-ratio"} {
		a, _, whyA := from.Values(m.A, share)
		b, _, whyB := from.Values(m.B, share)
		if whyA+whyB == "" && math.Abs(stats.Median(inOrder(a)).Center-stats.Median(inOrder(b)).Center) > compare.PopulationLimit {
			return "refusals or errors differ by more than one percentage point, so these are times of different requests"
		}
	}
	return ""
}

// inOrder returns the values in the order of their blocks.
func inOrder(byBlock map[int]float64) []float64 {
	var v []float64
	for _, block := range slices.Sorted(maps.Keys(byBlock)) {
		v = append(v, byBlock[block])
	}
	return v
}

// paired sets a beside b within blocks. The k-th blocks of two scenarios belong
// together: a run makes block 1 of all scenarios, then block 2.
func paired(a, b map[int]float64, of func(x, y float64) float64) []float64 {
	var v []float64
	for _, block := range slices.Sorted(maps.Keys(a)) {
		if y, ok := b[block]; ok {
			v = append(v, of(a[block], y))
		}
	}
	return v
}

// ratio is the Hodges–Lehmann estimate of a over b within blocks.
func ratio(a, b map[int]float64) stats.Estimate {
	e := stats.HodgesLehmann(paired(a, b, func(x, y float64) float64 { return math.Log(x) - math.Log(y) }), stats.Level)
	e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	return e
}

// slope is the median over blocks of (a − b) / (moreA − moreB). Blocks in which moreA is
// not above moreB are left out, because the quotient means nothing there.
func slope(a, b, moreA, moreB map[int]float64) stats.Estimate {
	var v []float64
	for _, block := range slices.Sorted(maps.Keys(a)) {
		y, ok := b[block]
		x, okA := moreA[block]
		z, okB := moreB[block]
		if ok && okA && okB && x > z {
			v = append(v, (a[block]-y)/(x-z))
		}
	}
	return stats.Median(v)
}
