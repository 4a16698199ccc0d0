package stats

import (
	"cmp"
	"math"
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
		if t == 0 && side == TwoSided || math.IsInf(f.scale[i], 1) {
			adjusted[i] = 1
		}
	}
	return adjusted
}

// flipper holds the sums of all rows under the signs of the moment. A flip does
// not change a row's sum of squares, so with equal n the studentised mean is a
// rising function of sum/√(n·sum of squares), which needs no variance and is
// safe for rows whose differences are all equal.
type flipper struct {
	rows  [][]float64
	signs []float64
	sums  []float64
	scale []float64
	side  Side
}

func newFlipper(rows [][]float64, side Side) *flipper {
	f := &flipper{rows: make([][]float64, len(rows)), side: side, signs: make([]float64, len(rows[0]))}
	for b := range f.signs {
		f.signs[b] = 1
	}
	for i, row := range rows {
		sum, squares, n := 0.0, 0.0, 0
		filled := make([]float64, len(row))
		for b, d := range row {
			if math.IsNaN(d) {
				continue
			}
			filled[b] = d
			sum += d
			squares += d * d
			n++
		}
		f.rows[i] = filled
		scale := math.Sqrt(float64(n) * squares)
		if squares == 0 {
			scale = math.Inf(1)
		}
		f.sums = append(f.sums, sum)
		f.scale = append(f.scale, scale)
	}
	return f
}

func (f *flipper) statistics() []float64 {
	t := make([]float64, len(f.rows))
	for i := range t {
		t[i] = f.statistic(i)
	}
	return t
}

func (f *flipper) statistic(i int) float64 {
	t := f.sums[i] / f.scale[i]
	if f.side == TwoSided {
		return math.Abs(t)
	}
	return t
}

func (f *flipper) highest() float64 {
	h := math.Inf(-1)
	for i := range f.rows {
		h = max(h, f.statistic(i))
	}
	return h
}

func (f *flipper) flip(block int) {
	f.signs[block] = -f.signs[block]
	for i, row := range f.rows {
		f.sums[i] += 2 * f.signs[block] * row[block]
	}
}

// each calls yield with the largest statistic under every flip, the observed
// signs among them. The exact walk changes one sign at a time (Gray code).
func (f *flipper) each(seed uint64, yield func(highest float64)) {
	yield(f.highest())
	n := len(f.signs)
	if n <= exactFlips {
		for i := uint32(1); i < 1<<n; i++ {
			block := 0
			for i>>block&1 == 0 {
				block++
			}
			f.flip(block)
			yield(f.highest())
		}
		return
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range drawnFlips {
		for b := range n {
			if r.Uint64()&1 == 1 {
				f.flip(b)
			}
		}
		yield(f.highest())
	}
}
