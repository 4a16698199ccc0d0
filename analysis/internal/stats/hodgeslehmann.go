package stats

import (
	"math"
	"slices"
)

// HodgesLehmann estimates the centre of paired differences: the median of all
// means of two of them (Walsh averages), with the interval that inverts the
// signed-rank test, from the k-th Walsh average to the k-th from above, where
// P(W ≤ k−1) is at most half of 1−level. It assumes that differences are
// symmetric about their centre. With ties the interval covers at least what it
// says. Below six differences no 95 % interval exists.
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

// Shift estimates by how much y lies above x when the two are not paired: the
// median of all differences y−x, with the interval that inverts the exact
// Mann–Whitney test. It assumes two distributions of one shape. N is the smaller
// sample size. A sample with values that are not finite has no estimate.
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
