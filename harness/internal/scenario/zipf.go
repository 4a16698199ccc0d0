package scenario

import "math"

// zipf draws ranks from 1 to n, of which rank i has a probability proportional to
// 1/i^s, for any s > 0. It is the rejection-inversion of Hörmann and Derflinger
// ("Rejection-inversion to generate variates from monotone discrete distributions",
// 1996): it needs no table, so a sequence of 10⁹ numbers costs no memory, and it is
// exact up to the rounding of float64.
//
// The method inverts H, the integral of h(x) = x^-s, at a uniform number between
// H(3/2) - h(1) and H(n + 1/2). The rank is the result, rounded; it is taken if the
// number lies in the part of the rank's interval that has the width h(rank).
//
// Note: math/rand/v2.Zipf was rejected. It needs s > 1 and a generator with a state,
// but a draw here has to be a function of the seed and the request's number.
type zipf struct {
	n           uint64
	s           float64
	first, last float64 // H(3/2) - h(1) and H(n + 1/2)
	sure        float64 // a rank is taken if it is at most this much above the inverse
}

const (
	// steepZipf is the exponent from which on all ranks but the first have together a
	// probability below 2⁻⁶³, less than one request in any load.
	steepZipf = 64
	// maxZipfTries bounds the proposals for one rank. More than half of all proposals
	// are taken, whatever s and n are, so that this bound is never met.
	maxZipfTries = 128
)

// newZipf makes the distribution of the ranks 1 to n with exponent s. What it computes
// beforehand depends on these alone, so that a draw costs a few operations.
func newZipf(s float64, n uint64) zipf {
	z := zipf{n: n, s: s}
	z.first, z.last = z.integral(1.5)-1, z.integral(float64(n)+0.5)
	// The part of a rank's interval that is not taken is widest for the second rank.
	// This saves most of the evaluations of H and h.
	z.sure = 2 - z.inverse(z.integral(2.5)-z.h(2))
	return z
}

// rank returns a rank, counted from 0, for a uniform draw of 64 bits.
func (z *zipf) rank(draw uint64) uint64 {
	if z.s >= steepZipf {
		return 0
	}
	for n := range uint64(maxZipfTries) {
		if rank, ok := z.try(draw, n); ok {
			return rank - 1
		}
	}
	return 0
}

// try makes proposal n for a draw: a rank from 1, and whether it is taken.
func (z *zipf) try(draw, n uint64) (rank uint64, ok bool) {
	uniform := float64(splitmix(draw, n)>>11) / (1 << 53)
	at := z.last + uniform*(z.first-z.last)
	x := z.inverse(at)
	r := math.Min(math.Max(math.Floor(x+0.5), 1), float64(z.n))
	return uint64(r), r-x <= z.sure || at >= z.integral(r+0.5)-z.h(r)
}

// h is the weight of rank x.
func (z *zipf) h(x float64) float64 { return math.Exp(-z.s * math.Log(x)) }

// integral is H(x) = (x^(1-s) - 1) / (1-s), which is log x for s = 1. The form used
// here is accurate near s = 1 too.
func (z *zipf) integral(x float64) float64 {
	log := math.Log(x)
	return log * overX(math.Expm1, (1-z.s)*log)
}

// inverse is the inverse of integral.
func (z *zipf) inverse(y float64) float64 {
	// Rounding can push the argument below -1, where the logarithm does not exist.
	return math.Exp(y * overX(math.Log1p, math.Max((1-z.s)*y, -1)))
}

// overX returns f(x)/x, and its limit 1 for x = 0.
func overX(f func(float64) float64, x float64) float64 {
	if x == 0 {
		return 1
	}
	return f(x) / x
}
