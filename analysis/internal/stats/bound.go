package stats

import (
	"math"
	"slices"
)

// MedianBound is the one-sided bound of a median at the confidence asked for or
// above: the smallest order statistic that the median exceeds with probability
// at most 1−level, from above or from below. At 95 % it needs five values;
// without enough of them bound and confidence are NaN. Values may be +Inf.
func MedianBound(values []float64, above bool, level float64) (bound, confidence float64) {
	n := len(values)
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	// The median lies above the k-th of n values if fewer than n−k+1 values lie
	// above it, so P = P(B ≥ k) with B binomial (n, ½).
	covered := 0.0
	for k := 1; k <= n; k++ {
		covered += binomial(n, k-1)
		if covered >= level {
			if above {
				return sorted[k-1], covered
			}
			return sorted[n-k], covered
		}
	}
	return math.NaN(), math.NaN()
}

// binomial is the probability of k heads in n tosses of a fair coin.
func binomial(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(a - b - c - float64(n)*math.Ln2)
}
