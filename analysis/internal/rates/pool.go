package rates

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// block is one block of one check: what every variant measured in every row.
type block [variants][]float64

// pool holds the blocks that simulated checks are drawn from. All have the same
// rows.
type pool struct {
	rows    []Row
	blocks  []block
	leftOut []string // names of checks that give nothing, because of marks or doubts, or of a lost control
}

// newPool gathers the complete blocks of checks of one kind, over the rows that
// all of them have. Between checks the machine may have changed its pace. A check
// is over in minutes and does not see that, so the levels are made equal: every
// row of a check is scaled to the median of all checks. That leaves every ratio
// within a block as it was, and spares rules that do not pair a noise that they
// would not have met.
func newPool(checks []Check) pool {
	var p pool
	checks = slices.DeleteFunc(slices.Clone(checks), func(c Check) bool {
		marked := slices.ContainsFunc(c.Rows, func(r Row) bool { return len(r.Marks)+len(r.Doubts)+len(r.AgainMarks)+len(r.AgainDoubts) > 0 })
		if marked || len(c.Doubts)+len(c.Missing) > 0 {
			p.leftOut = append(p.leftOut, c.Name)
			return true
		}
		return false
	})
	p.rows = commonRows(checks)
	var levels [][]float64 // of rows, for each block those of its check
	for _, c := range checks {
		blocks := c.blocks(p.rows)
		level := make([]float64, len(p.rows))
		for i := range p.rows {
			var all []float64
			for _, b := range blocks {
				all = append(all, b[base][i], b[head][i])
			}
			level[i] = stats.Median(all).Center
		}
		for _, b := range blocks {
			p.blocks = append(p.blocks, b)
			levels = append(levels, level)
		}
	}
	for i, r := range p.rows {
		if r.Share {
			continue
		}
		var all []float64
		for _, level := range levels {
			all = append(all, level[i])
		}
		target := stats.Median(all).Center
		for k := range p.blocks {
			if f := target / levels[k][i]; f > 0 && !math.IsInf(f, 0) {
				for v := range variants {
					p.blocks[k][v][i] *= f
				}
			}
		}
	}
	return p
}

// commonRows are the rows that all checks have, without their values, in the
// order of the first check.
func commonRows(checks []Check) []Row {
	var rows []Row
	if len(checks) == 0 {
		return nil
	}
	for _, r := range checks[0].Rows {
		if !slices.ContainsFunc(checks, func(c Check) bool { return c.row(r) == nil }) {
			rows = append(rows, r.bare())
		}
	}
	return rows
}

// bare is the row without its values.
func (r Row) bare() Row {
	r.Blocks, r.Base, r.Again, r.Head = nil, nil, nil, nil
	r.Marks, r.Doubts, r.AgainMarks, r.AgainDoubts = nil, nil, nil, nil
	return r
}

// row finds the check's row of the same name, configuration and unit.
func (c Check) row(like Row) *Row {
	i := slices.IndexFunc(c.Rows, func(r Row) bool { return r.key() == like.key() })
	if i < 0 {
		return nil
	}
	return &c.Rows[i]
}

// blocks are the check's blocks in which every one of the rows has both sides
// and, where it has an A/A control, that too.
func (c Check) blocks(rows []Row) []block {
	var all []block
	if len(rows) == 0 {
		return nil
	}
	for _, number := range c.row(rows[0]).Blocks {
		var b block
		for v := range variants {
			b[v] = make([]float64, len(rows))
		}
		complete := true
		for i, like := range rows {
			r := c.row(like)
			k := slices.Index(r.Blocks, number)
			if k < 0 {
				complete = false
				break
			}
			b[base][i], b[head][i], b[again][i] = r.Base[k], r.Head[k], math.NaN()
			if len(r.Again) > 0 {
				b[again][i] = r.Again[k]
				complete = complete && !math.IsNaN(r.Again[k])
			}
			complete = complete && !math.IsNaN(r.Base[k]) && !math.IsNaN(r.Head[k])
		}
		if complete {
			all = append(all, b)
		}
	}
	return all
}

// sample is a recorded check as it was measured, in its complete blocks and
// unmarked rows.
func (c Check) sample() sample {
	var rows []Row
	for _, r := range c.Rows {
		if len(r.Marks) == 0 {
			rows = append(rows, r.bare())
		}
	}
	s := newSample(rows)
	for _, b := range c.blocks(rows) {
		s.add(b, [variants]int{base, again, head})
	}
	return s
}

// add appends a block whose variants are taken from the places given.
func (s *sample) add(b block, from [variants]int) {
	for i := range s.rows {
		place := from
		if math.IsNaN(b[again][i]) {
			// Two builds only: they keep the order that they have among three.
			place = [variants]int{base, again, head}
			if slices.Index(from[:], base) > slices.Index(from[:], head) {
				place = [variants]int{head, again, base}
			}
		}
		for v := range variants {
			s.values[v][i] = append(s.values[v][i], b[place[v]][i])
		}
	}
}

// draw makes a check of n blocks by drawing from the pool with replacement. With
// exchange the builds of a block, which were the same, change places: then
// nothing at all tells base from head, where otherwise whatever made recorded
// heads differ from recorded bases stays in.
func (p pool) draw(r *rand.Rand, n int, exchange bool) sample {
	s := newSample(p.rows)
	for range n {
		b := p.blocks[r.IntN(len(p.blocks))]
		from := [variants]int{base, again, head}
		if exchange {
			r.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
		}
		s.add(b, from)
	}
	return s
}

// seed is a hash of all that the pool holds.
func (p pool) seed() uint64 {
	var all [][]float64
	for _, b := range p.blocks {
		all = append(all, b[:]...)
	}
	return stats.Seed(all)
}

// noise is, by row, the standard deviation of a trial that the differences
// within blocks show, of logarithms or of shares; from their median absolute
// size, which a few outliers do not move.
func (p pool) noise() []float64 {
	noise := make([]float64, len(p.rows))
	for i, r := range p.rows {
		var sizes []float64
		for _, b := range p.blocks {
			d := b[head][i] - b[base][i]
			if !r.Share {
				d = math.Log(b[head][i]) - math.Log(b[base][i])
			}
			if !math.IsNaN(d) && !math.IsInf(d, 0) {
				sizes = append(sizes, math.Abs(d))
			}
		}
		if len(sizes) > 0 {
			// 1.4826 brings the median absolute deviation of normal values to
			// their standard deviation; a difference has the noise of two trials.
			noise[i] = 1.4826 * stats.Median(sizes).Center / math.Sqrt2
		}
	}
	return noise
}
