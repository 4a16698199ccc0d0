package main

import "math"

// confidence of the bounds in the table.
const confidence = 0.95

// upperBound is the one-sided Clopper–Pearson bound: the largest share p for which as few
// as lost losses in n tries still have a probability of 1 − level. It is 1 if all tries
// lost something or nothing was tried. For no loss it is 1 − (1 − level)^(1/n).
func upperBound(lost, n int, level float64) float64 {
	if lost >= n {
		return 1
	}
	low, high := 0.0, 1.0
	for range 100 {
		p := (low + high) / 2
		if atMost(lost, n, p) > 1-level {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// atMost is the probability of at most k losses in n tries that each lose with
// probability p, where 0 < p < 1.
func atMost(k, n int, p float64) (sum float64) {
	ln := func(v int) float64 {
		l, _ := math.Lgamma(float64(v) + 1)
		return l
	}
	for i := 0; i <= k; i++ {
		sum += math.Exp(ln(n) - ln(i) - ln(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}
