package stats

import "math"

// Binomial is the probability that k of n independent trials succeed, if each succeeds with
// probability p between 0 and 1. It is 0 for k above n.
func Binomial(n, k uint64, p float64) float64 {
	if k > n {
		return 0
	}
	ln := func(v uint64) float64 { g, _ := math.Lgamma(float64(v) + 1); return g }
	return math.Exp(ln(n) - ln(k) - ln(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

// BinomialTail is the probability that at least k of n independent trials
// succeed, if each succeeds with probability p. This is the one-sided p-value of the
// hypothesis that the probability is at most p. It is 1 for k = 0. The terms are summed
// by their logarithms, so that neither many trials nor a small p underflow.
func BinomialTail(n, k uint64, p float64) float64 {
	switch {
	case k == 0:
		return 1
	case k > n || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		term := Binomial(n, i, p)
		sum += term
		// Past the mode terms fall faster than a geometric series.
		if term < sum*1e-16 && float64(i) > float64(n)*p {
			break
		}
	}
	return min(1, sum)
}
