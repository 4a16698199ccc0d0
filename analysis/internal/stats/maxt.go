package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// exactFlips is the number of blocks up to which all sign flips are made, and
// drawnMoments how many flips or labels are drawn where there are too many.
const (
	exactFlips   = 16
	drawnMoments = 9999
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
// studentised over the blocks it has; rows of different numbers of blocks are
// held against each other on one scale. Other values must be finite; rows of
// zeros, and rows without a block, get p = 1.
func MaxT(rows [][]float64, side Side, seed uint64) []float64 {
	if len(rows) == 0 {
		return nil
	}
	f := newFlipper(rows, side)
	return f.adjust(func(yield func()) { f.each(seed, yield) })
}

// flipper is a contest of paired differences. A flip does not change a row's sum
// of squares, so r is sum/√(n·sum of squares).
type flipper struct {
	*contest
	blocks [][]float64 // by block and place: twice what a flip takes from r
	turned []bool      // by block
}

func newFlipper(rows [][]float64, side Side) *flipper {
	n := len(rows[0])
	sizes, scales := make([]float64, len(rows)), make([]float64, len(rows))
	for i, row := range rows {
		squares, present := 0.0, 0
		for _, d := range row {
			if !math.IsNaN(d) {
				squares += d * d
				present++
			}
		}
		sizes[i], scales[i] = float64(present)-1.5, math.Sqrt(float64(present)*squares)
		if squares == 0 {
			sizes[i] = math.NaN()
		}
	}
	f := &flipper{contest: newContest(sizes, side), turned: make([]bool, n), blocks: make([][]float64, n)}
	width := len(f.current)
	all := make([]float64, n*width)
	for b := range f.blocks {
		f.blocks[b] = all[b*width : (b+1)*width]
	}
	for i, row := range rows {
		place := f.places[i]
		if place < 0 {
			continue
		}
		for b, d := range row {
			if !math.IsNaN(d) {
				f.current[place] += d / scales[i]
				f.blocks[b][place] = 2 * d / scales[i]
			}
		}
	}
	return f
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

// each yields under every flip, the observed signs first. The exact walk changes
// one sign at a time (Gray code).
func (f *flipper) each(seed uint64, yield func()) {
	yield()
	n := len(f.blocks)
	if n <= exactFlips {
		for i := uint32(1); i < 1<<n; i++ {
			f.flip(bits.TrailingZeros32(i))
			yield()
		}
		return
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range drawnMoments {
		for start := 0; start < n; start += 64 {
			draw := r.Uint64()
			if rest := n - start; rest < 64 {
				draw &= 1<<rest - 1
			}
			for ; draw != 0; draw &= draw - 1 {
				f.flip(start + bits.TrailingZeros64(draw))
			}
		}
		yield()
	}
}
