package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// exactFlips is the number of blocks up to which all sign flips are tried. If there are
// more blocks, drawnMoments flips are drawn.
const (
	exactFlips   = 16
	drawnMoments = 9999
)

// Of many values fewer arrangements are drawn, because one costs as much as there are
// values: as many as mostWork allows, and at least fewestMoments.
const (
	fewestMoments = 999
	mostWork      = 2e9
)

// moments is how many arrangements of so many values are drawn. Up to 200,000 values, which
// is a run of a thousand rows and 200 blocks, it is drawnMoments.
func moments(values int) int {
	return max(fewestMoments, min(drawnMoments, int(mostWork/float64(max(values, 1)))))
}

// MaxT tests several rows of paired differences together and returns one adjusted
// p-value per row (single-step max-T of Westfall and Young). rows[i][b] is the
// difference of row i in block b. If nothing differs, every difference could as well
// have had the other sign. The test compares the observed statistics with those under
// other signs. The statistic of a row is its studentised mean. The signs of all rows of
// a block are flipped together, which keeps the dependence between rows. With up to 16
// blocks all 2ⁿ flips are tried, and the smallest one-sided p-value is 2⁻ⁿ, however many
// rows there are. With more blocks 9,999 flips are drawn from the seed, or fewer of
// more than 200,000 values. Of more than 10,000 blocks, several flip together.
//
// Every row must have the same number of blocks. A value of NaN means that the row has
// no difference in that block: it counts as zero, which no flip changes, and the row is
// studentised over its other blocks. All other values must be finite. A row of zeros,
// and a row without a block, has p = 1.
func MaxT(rows [][]float64, side Side, seed uint64) []float64 {
	if len(rows) == 0 {
		return nil
	}
	f := newFlipper(rows, side)
	return f.adjust(func(yield func()) { f.each(seed, yield) })
}

// flipper is the contest of paired differences. A flip does not change the sum of
// squares of a row, so that r = sum/√(n·sum of squares) follows from the row's sum.
type flipper struct {
	*contest
	blocks [][]float64 // by block and place: twice what a flip takes from r
	turned []bool      // by block
}

// newFlipper prepares rows for flipping the signs of their blocks.
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

// flip changes the sign of one block in all rows and updates their sums.
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

// each yields under every flip, the observed signs first. When all flips are tried, one
// block is flipped at a time, in the order of the Gray code.
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
	if n > mostUnits {
		f.join(r)
		n = len(f.blocks)
	}
	for range moments(n * len(f.current)) {
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
