package stats

import (
	"math"
	"slices"
)

// MedianBound returns a one-sided confidence bound of the median, from above or from
// below, and the confidence that it reaches, which is at least level. The bound is an
// order statistic: the tightest one that the median lies beyond with a probability of at
// most 1−level. A 95 % bound needs five values. With too few values bound and confidence
// are NaN. Values may be +Inf.
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
