package rates

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// block is one block of one check: what every variant measured in every row.
type block [variants][]float64

// pool holds the blocks from which simulated checks are drawn. All blocks have the same
// rows.
type pool struct {
	rows    []Row
	blocks  []block
	leftOut []string // names of the checks that were left out
}

// newPool gathers the complete blocks of checks of one kind, over the rows that all of the
// checks have. Checks with marks, doubts or missing controls are left out.
//
// The machine may have been faster in one check than in another, days later. A real check
// takes minutes and does not meet such differences. newPool removes them: it scales every
// row of a check to the median of all checks. Ratios within a block do not change. Without
// the scaling, rules that do not pair base and head would meet a noise that real checks
// do not have.
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

// commonRows returns the rows that all checks have, without values, in the order of the
// first check.
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

// blocks returns the blocks in which every one of the rows has a base, a head and, if the
// row has an A/A control, a second base.
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

// sample returns a recorded check as it was measured, without incomplete blocks and
// without marked rows.
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

// add appends a block. The values of variant v are those that b has for from[v].
func (s *sample) add(b block, from [variants]int) {
	for i := range s.rows {
		place := from
		if math.IsNaN(b[again][i]) {
			// The row has no A/A control. Base and head stand in the same order as in from.
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

// draw makes a check of n blocks, drawn from the pool with replacement. In A/A checks base
// and head are the same build. With exchange the builds of every block change places at
// random, so that base and head cannot differ systematically. Without it, any systematic
// difference between recorded bases and recorded heads is kept.
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

// noise estimates for every row the standard deviation of a single trial, of the logarithm
// of the value or of the share. It is derived from the median absolute difference within
// blocks, which a few outliers hardly change.
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
