package stats

import (
	"math"
	"slices"
)

// pairs are numbers that are computed from pairs of values. They are too many to be listed,
// so they are only counted: of n values on a side there are n².
type pairs struct {
	count     int
	low, high float64             // the smallest and the largest
	upTo      func(v float64) int // how many are at most v; in time that grows with the values alone
}

// walshAverages are the means of two values each, every value with itself included.
func walshAverages(values []float64) pairs {
	d := slices.Sorted(slices.Values(values))
	n := len(d)
	return pairs{n * (n + 1) / 2, d[0], d[n-1], func(v float64) int {
		count, j := 0, n-1
		for i := range d {
			// Of a larger d[i] fewer partners stay below v, so j never rises.
			for j >= i && d[i]/2+d[j]/2 > v {
				j--
			}
			if j < i {
				break
			}
			count += j - i + 1
		}
		return count
	}}
}

// differences are all y−x.
func differences(x, y []float64) pairs {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	return pairs{len(x) * len(y), y[0] - x[len(x)-1], y[len(y)-1] - x[0], func(v float64) int {
		count, j := 0, 0
		for _, a := range x {
			for j < len(y) && y[j]-a <= v {
				j++
			}
			count += j
		}
		return count
	}}
}

// smallest is the k-th smallest of the pairs, counted from 1. It is one of them to the last
// bit: the smallest number that k of them do not exceed, found by halving the numbers that a
// float64 can be, which are counted at most 64 times.
func (p pairs) smallest(k int) float64 {
	low, high := position(p.low), position(p.high)
	for low < high {
		middle := low + (high-low)/2
		if p.upTo(number(middle)) >= k {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return number(low) + 0 // a zero without a sign
}

// median is the median of the pairs.
func (p pairs) median() float64 {
	return p.smallest((p.count+1)/2)/2 + p.smallest(p.count/2+1)/2
}

// within is the estimate that reaches from the k-th smallest to the k-th largest.
func (p pairs) within(n, k int, tail float64) Estimate {
	if k == 0 {
		return unbounded(n, p.median())
	}
	return Estimate{n, p.median(), p.smallest(k), p.smallest(p.count + 1 - k), 1 - 2*tail}
}

// position numbers all float64 in their order.
func position(v float64) uint64 {
	b := math.Float64bits(v)
	if b>>63 == 1 {
		return ^b
	}
	return b | 1<<63
}

// number is the float64 at a position.
func number(at uint64) float64 {
	if at>>63 == 0 {
		return math.Float64frombits(^at)
	}
	return math.Float64frombits(at &^ (1 << 63))
}
