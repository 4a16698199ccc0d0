package rates

import (
	"math"

	"github.com/aclements/go-moremath/mathx"
)

// Rate is how often something happened in a number of independent tries.
type Rate struct{ Hits, Of int }

// Value is the share of hits. It is NaN without tries.
func (r Rate) Value() float64 { return float64(r.Hits) / float64(r.Of) }

// add counts one try.
func (r *Rate) add(hit bool) {
	r.Of++
	if hit {
		r.Hits++
	}
}

// Interval is the two-sided 95 % confidence interval of Clopper and Pearson
// (1934): the shares that an exact binomial test at 2.5 % on either side does not
// refuse. It never covers less than 95 %. Without tries it is the whole of [0, 1].
func (r Rate) Interval() (low, high float64) {
	const tail = 0.025
	low, high = 0, 1
	k, n := float64(r.Hits), float64(r.Of)
	// P(X ≥ k) = I_p(k, n−k+1), and P(X ≤ k) = 1 − I_p(k+1, n−k).
	if r.Hits > 0 {
		low = invert(func(p float64) bool { return mathx.BetaInc(p, k, n-k+1) < tail })
	}
	if r.Hits < r.Of {
		high = invert(func(p float64) bool { return mathx.BetaInc(p, k+1, n-k) < 1-tail })
	}
	return low, high
}

// Percent is the rate in per cent with its interval, or a dash if there are no tries:
// "2.1 [1.3, 3.2]".
func (r Rate) Percent() string { return percent(r, false) }

// invert finds the highest p in [0, 1] up to which a condition holds, to the precision of
// a float64. The condition must hold from 0 up to that p and not above it.
func invert(below func(p float64) bool) float64 {
	low, high := 0.0, 1.0
	for {
		p := low + (high-low)/2
		if p <= low || p >= high {
			return p
		}
		if below(p) {
			low = p
		} else {
			high = p
		}
	}
}

// moreOften is the one-sided p-value of Fisher's exact test for a being higher than b: the
// probability of at least as many hits in a, given the sum of the hits of both.
func moreOften(a, b Rate) float64 {
	hits, all := a.Hits+b.Hits, a.Of+b.Of
	p := 0.0
	for k := a.Hits; k <= min(hits, a.Of); k++ {
		if hits-k > b.Of {
			continue
		}
		p += math.Exp(mathx.Lchoose(a.Of, k) + mathx.Lchoose(b.Of, hits-k) - mathx.Lchoose(all, hits))
	}
	return min(1, p)
}
