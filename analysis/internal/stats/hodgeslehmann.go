package stats

import (
	"math"
	"slices"
)

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
	walsh := make([]float64, 0, n*(n+1)/2)
	for i := range d {
		for j := i; j < n; j++ {
			walsh = append(walsh, d[i]/2+d[j]/2)
		}
	}
	slices.Sort(walsh)
	center := middle(walsh)
	k, tail := walshRank(n, (1-level)/2)
	if k == 0 {
		return unbounded(n, center)
	}
	return Estimate{n, center, walsh[k-1], walsh[len(walsh)-k], 1 - 2*tail}
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
	d := make([]float64, 0, len(x)*len(y))
	for _, a := range x {
		for _, b := range y {
			d = append(d, b-a)
		}
	}
	slices.Sort(d)
	k, tail := shiftRank(len(x), len(y), (1-level)/2)
	if k == 0 {
		return unbounded(n, middle(d))
	}
	return Estimate{n, middle(d), d[k-1], d[len(d)-k], 1 - 2*tail}
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

// middle is the median of sorted values.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}
