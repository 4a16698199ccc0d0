package stats

import (
	"math"
	"math/rand/v2"
)

// Trio is what one row measured in one block in which base was measured twice: how far
// each of the three lies above the mean of the other two. The three add up to zero.
type Trio struct{ Head, Base, Copy float64 }

// MaxTExchange is [MaxT] for rows of which some have a second base, a copy of the same
// build. rows[i][b] is the difference of row i in block b, or NaN. A row without copies
// has nil in copies; one with copies has a trio for every block, and its difference is
// then that of head against the mean of both. A trio of NaNs says that the copy is
// missing in that block, and the difference is that of head against base.
//
// MaxTExchange is a permutation test. If nothing differs, each of the three could as
// well have been head, and each difference of two could have had the other sign. In an
// arrangement every block exchanges the labels of all of its trios in one way, and
// flips all of its other differences or none, so that rows depend on each other in
// every arrangement as they do in the data. Up to 65,536 arrangements all are tried;
// of more, 9,999 are drawn from the seed, and the observed one is added.
//
// The statistic of a row is the sum of its differences over the root of the variance
// that this sum has over all arrangements, which no arrangement changes. Rows of
// flips and rows of trios are compared by the scale of evidence of each: see
// [contest]. All values must be finite.
func MaxTExchange(rows [][]float64, copies [][]Trio, side Side, seed uint64) []float64 {
	if len(rows) == 0 {
		return nil
	}
	e := newExchange(rows, copies, side)
	return e.adjust(func(yield func()) { e.each(seed, yield) })
}

// exchange is the contest of rows of which some have a second base.
type exchange struct {
	*contest
	blocks []arrangements
}

// arrangements are the values that a block may give to the rows, by place: the
// observed ones first.
type arrangements [][]float64

// newExchange brings rows to the scale of their correlation and lists what every
// block may be.
func newExchange(rows [][]float64, copies [][]Trio, side Side) *exchange {
	n := len(rows[0])
	sizes, scales, open := make([]float64, len(rows)), make([]float64, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		squares, present := 0.0, 0
		for b, d := range row {
			if math.IsNaN(d) {
				continue
			}
			present++
			if t, ok := trioAt(copies, i, b); ok {
				squares += (t.Head*t.Head + t.Base*t.Base + t.Copy*t.Copy) / 3
				open[i] = true
			} else {
				squares += d * d
			}
		}
		sizes[i], scales[i] = float64(present), math.Sqrt(float64(present)*squares)
		if !open[i] {
			sizes[i] -= 1.5 // Bartlett's correction
		}
		if squares == 0 {
			sizes[i] = math.NaN()
		}
	}
	e := &exchange{contest: newOpenContest(sizes, open, side), blocks: make([]arrangements, n)}
	for b := range n {
		e.blocks[b] = e.arrange(rows, copies, scales, b)
		add(e.current, e.blocks[b][0])
	}
	return e
}

// trioAt is the trio of a row in a block. It returns false if there is none.
func trioAt(copies [][]Trio, row, block int) (Trio, bool) {
	if copies == nil || copies[row] == nil {
		return Trio{}, false
	}
	t := copies[row][block]
	return t, !math.IsNaN(t.Head)
}

// arrange lists the arrangements of one block.
func (e *exchange) arrange(rows [][]float64, copies [][]Trio, scales []float64, block int) arrangements {
	labels, signs := 1, 1
	for i := range rows {
		if _, ok := trioAt(copies, i, block); ok {
			labels = 3
		} else if !math.IsNaN(rows[i][block]) && e.places[i] >= 0 {
			signs = 2
		}
	}
	var all arrangements
	for label := range labels {
		for sign := range signs {
			v := make([]float64, len(e.current))
			for i := range rows {
				d := rows[i][block]
				if e.places[i] < 0 || math.IsNaN(d) {
					continue
				}
				if t, ok := trioAt(copies, i, block); ok {
					d = [3]float64{t.Head, t.Base, t.Copy}[label]
				} else if sign == 1 {
					d = -d
				}
				v[e.places[i]] = d / scales[i]
			}
			all = append(all, v)
		}
	}
	return all
}

// each sets the sums of all arrangements one after the other and yields at each: all
// arrangements if they are few enough, else the observed one and those that are drawn.
func (e *exchange) each(seed uint64, yield func()) {
	ways := 1.0
	for _, b := range e.blocks {
		ways *= float64(len(b))
	}
	if ways <= exactLabels+0.5 {
		sums := make([][]float64, len(e.blocks)+1)
		for i := range sums {
			sums[i] = make([]float64, len(e.current))
		}
		e.walk(0, sums, yield)
		return
	}
	yield()
	r := rand.New(rand.NewPCG(seed, 0))
	for range drawnMoments {
		clear(e.current)
		for _, b := range e.blocks {
			add(e.current, b[r.IntN(len(b))])
		}
		yield()
	}
}

// walk yields at every arrangement of the blocks from one on. sums[from] is the sum of
// the blocks before; the later sums are scratch space.
func (e *exchange) walk(from int, sums [][]float64, yield func()) {
	if from == len(e.blocks) {
		copy(e.current, sums[from])
		yield()
		return
	}
	for _, v := range e.blocks[from] {
		copy(sums[from+1], sums[from])
		add(sums[from+1], v)
		e.walk(from+1, sums, yield)
	}
}
