package stats

import "math"

// HodgesLehmann estimates the centre of paired differences. The estimate is the median
// of all Walsh averages, which are the means of two differences each. The interval
// inverts the signed-rank test: it reaches from the k-th smallest to the k-th largest
// Walsh average, where k is the largest number with P(W ≤ k−1) ≤ (1−level)/2. Both
// assume that the differences are symmetric about their centre. With ties the interval
// covers the centre at least as often as level says. Fewer than six differences have no
// 95 % interval.
//
// Differences must be finite; if one is not, there is no estimate.
func HodgesLehmann(d []float64, level float64) Estimate {
	n := len(d)
	if n == 0 || !allFinite(d) {
		return unbounded(n, math.NaN())
	}
	k, tail := walshRank(n, (1-level)/2)
	return walshAverages(d).within(n, k, tail)
}

// Shift estimates by how much y lies above x when the two samples are not paired. The
// estimate is the median of all differences y−x, and the interval inverts the exact
// Mann–Whitney test. Both assume that the two distributions have the same shape. N of
// the estimate is the size of the smaller sample. A sample with a value that is not
// finite has no estimate.
func Shift(x, y []float64, level float64) Estimate {
	n := min(len(x), len(y))
	if n == 0 || !allFinite(x) || !allFinite(y) {
		return unbounded(n, math.NaN())
	}
	k, tail := shiftRank(len(x), len(y), (1-level)/2)
	return differences(x, y).within(n, k, tail)
}

// allFinite reports whether all values are numbers. Averages with an infinite one would
// not be.
func allFinite(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
