package stats

import (
	"math"
	"math/rand/v2"
	"slices"
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
// of more, 9,999 are drawn from the seed, and the observed one is added. Of more than
// 10,000 blocks, several are arranged together.
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
	r := rand.New(rand.NewPCG(seed, 0))
	if len(e.blocks) > mostUnits {
		e.join(r)
	}
	groups := grouped(e.blocks)
	if ways <= exactLabels+0.5 {
		sums := make([][]float64, len(groups))
		for i := range sums {
			sums[i] = make([]float64, len(e.current))
		}
		e.walk(groups, sums, yield)
		return
	}
	yield()
	width := len(e.current)
	for i := range groups {
		groups[i].flat = slices.Concat(groups[i].ways...)
	}
	for range moments(len(e.blocks) * len(e.current)) {
		clear(e.current)
		block := 0
		for _, g := range groups {
			// One draw a block: groups only make the sums of several cheaper.
			way := 0
			for range g.blocks {
				n := len(e.blocks[block])
				way = way*n + r.IntN(n)
				block++
			}
			add(e.current, g.flat[way*width:][:width])
		}
		yield()
	}
}

// group holds the sums of all arrangements of a few consecutive blocks.
type group struct {
	blocks int
	ways   arrangements
	flat   []float64 // the ways one after the other: of many blocks, they are in no cache otherwise
}

// groupWays is the most arrangements of a group: few enough for a cache of the CPU, with
// hundreds of rows.
const groupWays = 36

// grouped joins blocks into groups. An arrangement of all blocks is then the sum of a few
// vectors, and not of one for every block.
func grouped(blocks []arrangements) []group {
	var all []group
	for _, b := range blocks {
		last := len(all) - 1
		if last < 0 || len(all[last].ways)*len(b) > groupWays {
			all = append(all, group{blocks: 1, ways: b})
			continue
		}
		joined := group{blocks: all[last].blocks + 1}
		for _, v := range all[last].ways {
			for _, w := range b {
				sum := make([]float64, len(v))
				copy(sum, v)
				add(sum, w)
				joined.ways = append(joined.ways, sum)
			}
		}
		all[last] = joined
	}
	return all
}

// walk yields at every arrangement of the groups. sums[0] is the sum of the groups before;
// the others are scratch space. Without a group there is one arrangement, of nothing.
func (e *exchange) walk(groups []group, sums [][]float64, yield func()) {
	if len(groups) == 0 {
		yield()
		return
	}
	into := e.current
	if len(groups) > 1 {
		into = sums[1]
	}
	for _, v := range groups[0].ways {
		set(into, sums[0], v)
		if len(groups) == 1 {
			yield()
			continue
		}
		e.walk(groups[1:], sums[1:], yield)
	}
}

// set sets sum to the sum of two vectors.
func set(sum, v, w []float64) {
	v, w = v[:len(sum)], w[:len(sum)]
	for i := range sum {
		sum[i] = v[i] + w[i]
	}
}
