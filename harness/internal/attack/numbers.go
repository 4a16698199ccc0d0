package attack

import (
	"fmt"
	"math/bits"
)

// Numbers sums up the numbers of the requests that a slice sent, so that several slices
// can be held against the load that they are to make together. Sums wrap around.
type Numbers struct {
	Count  uint64 // how many requests there were
	Sum    uint64 // of the numbers
	Square uint64 // of their squares
	Alien  uint64 // how many of them belong to another slice
}

// add counts a request.
func (n *Numbers) add(k uint64, s Slice) {
	n.Count++
	n.Sum += k
	n.Square += k * k
	if !s.holds(k) {
		n.Alien++
	}
}

// join adds the numbers of another book.
func (n *Numbers) join(m *Numbers) {
	n.Count += m.Count
	n.Sum += m.Sum
	n.Square += m.Square
	n.Alien += m.Alien
}

// first returns what the first count numbers of a slice sum up to. With a = number of the
// slice and d = its stride the sum is Σ (a + i·d), and that of the squares
// Σ (a² + 2·a·d·i + d²·i²).
func (s Slice) first(count uint64) Numbers {
	a, d := uint64(s.Number), uint64(s.stride())
	one, two := sumTo(count), squaresTo(count)
	return Numbers{
		Count: count, Sum: a*count + d*one,
		Square: a*a*count + 2*a*d*one + d*d*two,
	}
}

// sumTo is 0 + 1 + … + (n−1), wrapped.
func sumTo(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	if n%2 == 0 {
		return n / 2 * (n - 1)
	}
	return n * ((n - 1) / 2)
}

// squaresTo is 0² + 1² + … + (n−1)², wrapped: (n−1)·n·(2n−1)/6, which is divided before it
// is multiplied, because a number that has wrapped cannot be divided.
func squaresTo(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	high, low := bits.Mul64(n-1, n) // even
	low, high = low>>1|high<<63, high>>1
	// One of (n−1)·n/2 and 2n−1 is a multiple of three.
	if (2*n-1)%3 == 0 {
		return low * ((2*n - 1) / 3)
	}
	third, _ := bits.Div64(high%3, low, 3) // without a remainder
	return third * (2*n - 1)
}

// Missing says what the slices of a load lack, or returns "": every slice has to be there
// once, and each must have sent exactly its own requests, without a gap and none twice.
// Of an open load with planned requests all of them must have been sent; planned is 0 for
// a closed load, whose generators number their own requests.
func Missing(all []*Made, of int, planned uint64) string {
	seen := map[int]bool{}
	for _, m := range all {
		s := m.Slice
		if s.stride() != of || s.Number < 0 || s.Number >= of || seen[s.Number] {
			return fmt.Sprintf("slice %d of %d is there twice, or does not belong to the load", s.Number, s.Of)
		}
		seen[s.Number] = true
		count := m.Sent
		if planned > 0 {
			count = s.countOf(planned)
		}
		if m.Sent != count || m.Numbers != s.first(count) {
			return fmt.Sprintf("slice %d of %d: %d requests are recorded, %d were sent and %d are its share, or their numbers are not those of the slice",
				s.Number, of, m.Numbers.Count, m.Sent, count)
		}
	}
	if len(seen) != of {
		return fmt.Sprintf("%d of %d slices are there", len(seen), of)
	}
	return ""
}

// countOf is how many of the numbers below n are in the slice.
func (s Slice) countOf(n uint64) uint64 {
	d, a := uint64(s.stride()), uint64(s.Number)
	if n <= a {
		return 0
	}
	return (n - a + d - 1) / d
}
