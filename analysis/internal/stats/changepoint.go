package stats

import "math"

// ChangePoint looks for one lasting change of level in a series by Pettitt's test. The
// test uses ranks, so that outliers do not disturb it. It returns the first index of the
// new level, and the p-value by Pettitt's approximation, which is conservative for short
// series. A series of fewer than eight values, or of equal values, has p = 1. Values may
// be +Inf.
func ChangePoint(v []float64) (first int, p float64) {
	n := len(v)
	if n < 8 {
		return 0, 1
	}
	largest, first := rankSum(signs(v))
	if largest == 0 {
		return 0, 1
	}
	return first, pettitt(largest, n)
}

// signs is Σ sign(v[j]−v[i]) over all j, for every i.
func signs(v []float64) []int {
	sums := doubledValueRanks(v)
	for i, r := range sums {
		sums[i] = len(v) + 1 - r
	}
	return sums
}

// rankSum is the largest |Σ sign(v[j]−v[i]) over i ≤ t < j| over all t, and the first t+1
// that has it. The signs are those of the values in their order.
func rankSum(signs []int) (largest, at int) {
	u := 0
	for t := range len(signs) - 1 {
		// The signs of two values up to t cancel each other.
		u += signs[t]
		if abs := max(u, -u); abs > largest {
			largest, at = abs, t+1
		}
	}
	return largest, at
}

// FewestForChange is the length of the shortest series in which ChangePoint can be
// significant at level alpha, which is when the series has a clean step in its middle.
func FewestForChange(alpha float64) int {
	n := 8
	for pettitt((n/2)*((n+1)/2), n) > alpha {
		n++
	}
	return n
}

// pettitt is the approximate significance of the largest rank sum of n values.
func pettitt(largest, n int) float64 {
	k, m := float64(largest), float64(n)
	return min(1, 2*math.Exp(-6*k*k/(m*m*m+m*m)))
}
