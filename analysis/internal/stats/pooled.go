package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Counts is a histogram of requests: occupied values in rising order, how often
// each occurs, and how many requests lie beyond all of them, at +Inf.
type Counts struct {
	// Values[i] occurs Counts[i] times.
	Values []float64
	Counts []uint64
	Beyond uint64 // requests at +Inf
}

// resamples is the number of bootstrap samples of [Pooled]. It is large enough that 25
// of them lie below the 2.5 % quantile.
const resamples = 1000

// Pooled estimates a quantile over all requests of all blocks. This is not the median of
// the quantiles of single trials, because blocks with more requests weigh more. The
// interval is a percentile bootstrap over whole blocks. It is nominally a 95 % interval,
// but with ten blocks it covers only about 90 %: it may be shown, and no verdict may
// rest on it. The same seed gives the same interval. Fewer than six blocks have no
// interval, and blocks without requests no estimate.
func Pooled(blocks []Counts, share float64, seed uint64) Estimate {
	grid := newGrid(blocks)
	ones := make([]uint64, len(blocks))
	for i := range ones {
		ones[i] = 1
	}
	e := unbounded(len(blocks), grid.quantile(ones, share))
	if len(blocks) < 6 || math.IsNaN(e.Center) {
		return e
	}
	r := rand.New(rand.NewPCG(seed, 1))
	drawn := make([]float64, resamples)
	weights := make([]uint64, len(blocks))
	for i := range drawn {
		clear(weights)
		for range blocks {
			weights[r.IntN(len(blocks))]++
		}
		drawn[i] = grid.quantile(weights, share)
	}
	slices.Sort(drawn)
	tail := resamples * (1 - Level) / 2
	e.Low, e.High, e.Confidence = drawn[int(tail)], drawn[resamples-1-int(tail)], Level
	return e
}

// grid holds the cumulative counts of every block on the values of all blocks,
// so that a quantile under any weights is one binary search.
type grid struct {
	values     []float64
	cumulative [][]uint64 // by block; one more than values, the last with those beyond
}

// newGrid brings the values of all blocks onto one axis, so that a resampling only has
// to add up weights.
func newGrid(blocks []Counts) grid {
	var g grid
	for _, b := range blocks {
		g.values = append(g.values, b.Values...)
	}
	slices.Sort(g.values)
	g.values = slices.Compact(g.values)
	for _, b := range blocks {
		c := make([]uint64, len(g.values)+1)
		sum, at := uint64(0), 0
		for i, v := range g.values {
			if at < len(b.Values) && b.Values[at] == v {
				sum += b.Counts[at]
				at++
			}
			c[i] = sum
		}
		c[len(g.values)] = sum + b.Beyond
		g.cumulative = append(g.cumulative, c)
	}
	return g
}

// below is the weighted number of requests up to the i-th value.
func (g grid) below(weights []uint64, i int) uint64 {
	sum := uint64(0)
	for b, w := range weights {
		sum += w * g.cumulative[b][i]
	}
	return sum
}

// quantile is the quantile of the blocks with these weights: how often each of them was
// drawn.
func (g grid) quantile(weights []uint64, share float64) float64 {
	total := g.below(weights, len(g.values))
	if total == 0 {
		return math.NaN()
	}
	rank := max(1, uint64(math.Ceil(share*float64(total)*(1-1e-12))))
	low, high := 0, len(g.values)
	for low < high {
		mid := (low + high) / 2
		if g.below(weights, mid) >= rank {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if low == len(g.values) {
		return math.Inf(1)
	}
	return g.values[low]
}
