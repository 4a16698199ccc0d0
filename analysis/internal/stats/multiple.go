package stats

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Holm adjusts p-values for their number, step by step from the smallest
// (Holm 1979). It needs no assumption on how the tests depend on each other.
// The order of the result is that of the argument.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}

// Side says which differences count as extreme.
type Side int

// Sides of a test.
const (
	TwoSided Side = iota
	Greater       // positive differences
)

// exactFlips is the number of blocks up to which all sign flips are made, and
// drawnFlips the number drawn above it.
const (
	exactFlips = 16
	drawnFlips = 9999
)

// MaxT adjusts the tests of several rows of paired differences together, by
// sign flips of whole blocks (Westfall and Young's max-T): rows[i][b] is the
// difference of row i in block b, and a flip turns all rows of a block at once,
// which keeps their dependence. The statistic is the studentised mean. With up
// to 16 blocks all 2ⁿ flips are made and the smallest one-sided p is 2⁻ⁿ however
// many rows there are; above that, 9,999 flips are drawn from the seed.
//
// Every row must have the same blocks. NaN marks a block that a row does not
// have: it counts as a difference of zero, which no flip changes, and the row is
// studentised over the blocks it has. Other values must be finite; rows of zeros,
// and rows without a block, get p = 1.
func MaxT(rows [][]float64, side Side, seed uint64) []float64 {
	adjusted := make([]float64, len(rows))
	if len(rows) == 0 || len(rows[0]) == 0 {
		for i := range adjusted {
			adjusted[i] = 1
		}
		return adjusted
	}
	f := newFlipper(rows, side)
	observed := f.statistics()
	atLeast := make([]int, len(rows))
	made := 0
	f.each(seed, func(highest float64) {
		made++
		for i, t := range observed {
			// The allowance keeps the observed flip and its exact repeats from
			// being lost to the order of additions.
			if highest >= t-1e-9 {
				atLeast[i]++
			}
		}
	})
	for i, t := range observed {
		adjusted[i] = float64(atLeast[i]) / float64(made)
		if t == 0 && side == TwoSided || f.zero[i] {
			adjusted[i] = 1
		}
	}
	return adjusted
}

// flipper holds the statistics of all rows under the signs of the moment. A flip
// does not change a row's sum of squares, so with equal n the studentised mean is
// a rising function of sum/√(n·sum of squares), which needs no variance and is
// safe for rows whose differences are all equal.
type flipper struct {
	blocks  [][]float64 // by block and row: twice what a flip takes from the statistic
	turned  []bool      // by block
	current []float64   // by row, signed
	zero    []bool      // rows without any difference
	side    Side
}

func newFlipper(rows [][]float64, side Side) *flipper {
	n := len(rows[0])
	f := &flipper{side: side, turned: make([]bool, n), blocks: make([][]float64, n), current: make([]float64, len(rows)), zero: make([]bool, len(rows))}
	all := make([]float64, n*len(rows))
	for b := range f.blocks {
		f.blocks[b] = all[b*len(rows) : (b+1)*len(rows)]
	}
	for i, row := range rows {
		sum, squares, present := 0.0, 0.0, 0
		for _, d := range row {
			if !math.IsNaN(d) {
				sum += d
				squares += d * d
				present++
			}
		}
		if squares == 0 {
			f.zero[i] = true
			continue
		}
		scale := math.Sqrt(float64(present) * squares)
		f.current[i] = sum / scale
		for b, d := range row {
			if !math.IsNaN(d) {
				f.blocks[b][i] = 2 * d / scale
			}
		}
	}
	return f
}

func (f *flipper) statistics() []float64 {
	t := slices.Clone(f.current)
	if f.side == TwoSided {
		for i := range t {
			t[i] = math.Abs(t[i])
		}
	}
	return t
}

func (f *flipper) highest() float64 {
	h := math.Inf(-1)
	if f.side == TwoSided {
		for _, t := range f.current {
			h = max(h, math.Abs(t))
		}
		return h
	}
	for _, t := range f.current {
		h = max(h, t)
	}
	return h
}

func (f *flipper) flip(block int) {
	d := f.blocks[block]
	current := f.current[:len(d)]
	if f.turned[block] {
		for i, x := range d {
			current[i] += x
		}
	} else {
		for i, x := range d {
			current[i] -= x
		}
	}
	f.turned[block] = !f.turned[block]
}

// each calls yield with the largest statistic under every flip, the observed
// signs among them. The exact walk changes one sign at a time (Gray code).
func (f *flipper) each(seed uint64, yield func(highest float64)) {
	yield(f.highest())
	n := len(f.blocks)
	if n <= exactFlips {
		for i := uint32(1); i < 1<<n; i++ {
			f.flip(bits.TrailingZeros32(i))
			yield(f.highest())
		}
		return
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range drawnFlips {
		for start := 0; start < n; start += 64 {
			draw := r.Uint64()
			if rest := n - start; rest < 64 {
				draw &= 1<<rest - 1
			}
			for ; draw != 0; draw &= draw - 1 {
				f.flip(start + bits.TrailingZeros64(draw))
			}
		}
		yield(f.highest())
	}
}
