package effect

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Row is a row of two columns with its effect, tests and verdict. A number that does
// not exist is NaN.
type Row struct {
	compare.Row
	Delta        float64        // median of head divided by that of base, minus one
	Effect       stats.Estimate // Hodges–Lehmann
	NoRatio      string         // why there is no effect although both sides have values: "base is 0"
	P            float64        // of the test that Method names
	PMannWhitney float64        // as in benchstat, where that is right
	PAdjusted    float64        // adjusted for the rows of Family
	Method       string         // the test in words; empty without values on both sides
	Detectable   float64        // smallest effect seen with 80 % power: |ratio − 1| or difference
	Verdict      string         // empty if only one side has the row
	Notes        []string       // remarks, and the texts of marks and doubts

	leftOut     map[int]bool // blocks that do not count
	ranks       int          // above zero if the ranks of head are higher than those of base
	differences []float64    // by block, of logarithms or of shares
	differBlock []int
	pairs       [2][]float64 // the values from which the differences are computed
}

// newRow computes what the values of a row show on their own.
func newRow(from compare.Row) Row {
	r := Row{Row: from, Notes: slices.Clone(from.Remarks)}
	left := r.leaveOutDelays()
	r.estimate()
	for _, m := range slices.Concat(from.Marks, from.Doubts) {
		r.Notes = append(r.Notes, m.Text)
	}
	if r.leftOut != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("judged by the other %d blocks", left))
	}
	return r
}

// leaveOutDelays decides which blocks do not count because something else delayed the load
// generator in them. Such a block says nothing of the difference, and all others do. If no
// other mark forbids a verdict, and enough blocks are left for an interval, the row is
// judged by these. It returns how many blocks that leaves.
func (r *Row) leaveOutDelays() (left int) {
	out := map[int]bool{}
	for _, m := range r.Marks {
		if m.Kind != compare.Delayed {
			return 0
		}
		for _, b := range m.Blocks {
			out[b] = true
		}
	}
	head := r.Head.ByBlock()
	for b := range r.Base.ByBlock() {
		if _, ok := head[b]; ok && !out[b] {
			left++
		}
	}
	if r.Paired && len(out) > 0 && left >= stats.FewestValues {
		r.leftOut, r.Marks = out, nil
	}
	return left
}

// estimate computes effect and tests, if both sides have values.
func (r *Row) estimate() {
	nan := math.NaN()
	// NaN is the value of everything that turns out not to exist.
	r.P, r.PMannWhitney, r.PAdjusted, r.Delta, r.Detectable = nan, nan, nan, nan, nan
	r.Effect = stats.Estimate{Center: nan, Low: nan, High: nan, Confidence: nan}
	base, head := r.Base.Values, r.Head.Values
	if len(base) == 0 || len(head) == 0 {
		return
	}
	r.Delta = r.Head.Median.Center/r.Base.Median.Center - 1
	// An exact unit, such as the size of a binary, has no noise: any difference is
	// real, and no test is needed.
	if r.Exact {
		r.Method, r.P, r.PMannWhitney = exactMethod, 0, 0
		if slices.Min(head) != slices.Max(head) || slices.Min(base) != slices.Max(base) {
			r.Notes = append(r.Notes, "declared exact, but its values differ")
		}
		return
	}
	r.PMannWhitney = stats.MannWhitney(base, head)
	if p := stats.Benchstat(base, head); math.Abs(p-r.PMannWhitney) > 1e-9 {
		r.Notes = append(r.Notes, fmt.Sprintf("benchstat prints p = %.3f instead of %.3f: its test is wrong where values tie and counts differ", p, r.PMannWhitney))
	}
	if r.Paired {
		r.pair()
	} else {
		r.unpair()
	}
	if !math.IsNaN(r.Effect.Center) {
		return
	}
	// The tests by rank stand, and the reason why there is no number beside them is
	// said.
	switch r.NoRatio = compare.NoRatio(base, head); {
	case r.NoRatio == bothZero:
	case slices.Min(base) < 0 || slices.Min(head) < 0:
		r.Notes = append(r.Notes, "some values are below zero, so there is no ratio: compared by rank, and for the adjusted p by their differences")
	default:
		r.Notes = append(r.Notes, "some values are zero or beyond the time-out, so there is no ratio: compared by rank, and for the adjusted p as if they were a factor of 1,000 beyond the others")
	}
}

// bothZero explains why there is no ratio if all values are 0.
const bothZero = "both are 0"

// pair compares the columns block by block.
func (r *Row) pair() {
	base, head, scale := r.Base.ByBlock(), r.Head.ByBlock(), r.Scale()
	for _, block := range slices.Sorted(maps.Keys(base)) {
		// A block that one side lacks says nothing about the difference, and neither does
		// one that is left out.
		y, ok := head[block]
		if !ok || r.leftOut[block] {
			continue
		}
		r.differBlock = append(r.differBlock, block)
		for i, v := range r.toScale([]float64{base[block], y}) {
			r.pairs[i] = append(r.pairs[i], v)
		}
		d := scale.Difference(base[block], y)
		if math.IsNaN(d) {
			d = 0 // two time-outs have the same rank
		}
		r.differences = append(r.differences, d)
	}
	r.Method = "Wilcoxon signed-rank, exact, paired by block"
	if len(r.differences) > stats.ExactDifferences {
		r.Method = "Wilcoxon signed-rank, normal approximation, paired by block"
	}
	test := stats.SignedRankTest(r.differences)
	r.P, r.ranks = test.P, cmp.Compare(test.Less, test.Greater)
	if !finite(r.pairs[0]) || !finite(r.pairs[1]) {
		return // values that tie may nevertheless have no ratio
	}
	r.Effect = r.fromScale(stats.HodgesLehmann(r.differences, stats.Level))
	r.Detectable = r.size(stats.Detectable(r.differences))
}

// unpair compares the samples as a whole.
func (r *Row) unpair() {
	r.Method = "Mann–Whitney, not interleaved"
	r.P = r.PMannWhitney
	r.ranks = stats.Above(r.Base.Values, r.Head.Values)
	x, y := r.toScale(r.Base.Values), r.toScale(r.Head.Values)
	r.Effect = r.fromScale(stats.Shift(x, y, stats.Level))
	r.Detectable = r.size(stats.DetectableShift(x, y))
}

// toScale converts values to the scale of the effect. On the scale of logarithms, a value
// below zero becomes NaN, and there is no effect.
func (r *Row) toScale(values []float64) []float64 {
	return compare.Scale{Values: r.Difference}.On(values)
}

// fromScale converts an estimate from the additive scale to ratios.
func (r *Row) fromScale(e stats.Estimate) stats.Estimate {
	if !r.Difference {
		e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	}
	return e
}

// size turns the smallest detectable effect from the additive scale into the scale of
// the row.
func (r *Row) size(d float64) float64 {
	if r.Difference {
		return d
	}
	return math.Expm1(d)
}

// finite reports whether all values are numbers.
func finite(v []float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// Spread returns the standard deviation of the paired differences, of logarithms or
// of shares. It is NaN for unpaired rows.
func (r *Row) Spread() float64 {
	if len(r.differences) < 2 {
		return math.NaN()
	}
	return stats.Deviation(r.differences)
}

// Correlation returns the correlation of the two columns over their common blocks,
// on the scale on which effects are additive. It shows what pairing gains. It is NaN
// for fewer than three blocks, for values without a logarithm, and if a column does
// not vary.
func (r *Row) Correlation() float64 { return stats.Correlation(r.pairs[0], r.pairs[1]) }
