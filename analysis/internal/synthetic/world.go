package synthetic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// margin is that of all rows: the default of a p50.
const margin = 0.05

// perScenario is how many rows a scenario has. They share a part of their noise within
// a trial.
const perScenario = 3

// Copies says which scenarios measure base twice.
type Copies string

// Which scenarios have an A/A copy of base.
const (
	EveryCopy Copies = "all"
	SomeCopy  Copies = "every second"
	NoCopy    Copies = "none"
)

// World is what a check is drawn from. The zero value has no rows.
type World struct {
	// Rows is how many rows a check has, three to a scenario, and Noise is the shape of
	// what they vary by.
	Rows   int
	Noise  Noise
	CV     float64 // of a trial: what the noise, with deviation 1, is multiplied by
	Shared float64 // correlation of the rows of a scenario within a trial
	// Copies says which scenarios have an A/A copy.
	Copies Copies
	Effect float64 // on the first row of head: 0.1 is 10 % slower
	All    bool    // the effect is on all rows of head

	// A share Bad of the starts of head is slower by the factor Slow, in all rows of the
	// first scenario.
	Bad, Slow float64
	Lost      int // of the first ten blocks: neither side has values
}

// Variants of a check.
const (
	base = iota
	again
	head
	variants
)

// check holds the values of a check by variant, row and block.
type check struct {
	world  World
	values [variants][][]float64
}

// draw makes a check of so many blocks.
func (w World) draw(r *rand.Rand, blocks int) check {
	c := check{world: w}
	for v := range variants {
		c.values[v] = make([][]float64, w.Rows)
		for i := range w.Rows {
			c.values[v][i] = make([]float64, blocks)
		}
	}
	noise := noises[w.Noise]
	common, own := math.Sqrt(w.Shared), math.Sqrt(1-w.Shared)
	for b := range blocks {
		for v := range variants {
			slow := 1.0
			if v == head && w.Bad > 0 && r.Float64() < w.Bad {
				slow = w.Slow
			}
			shared := 0.0
			for i := range w.Rows {
				if i%perScenario == 0 {
					shared = noise(r)
				}
				x := math.Exp(w.CV * (common*shared + own*noise(r)))
				if i < perScenario {
					x *= slow
				}
				if v == head && (i == 0 || w.All) {
					x *= 1 + w.Effect
				}
				c.values[v][i][b] = x
			}
		}
	}
	for _, b := range r.Perm(min(10, blocks))[:w.Lost] {
		for v := range variants {
			for i := range w.Rows {
				c.values[v][i][b] = math.NaN()
			}
		}
	}
	return c
}

// copied reports whether a row belongs to a scenario with an A/A copy of base.
func (w World) copied(row int) bool {
	switch w.Copies {
	case EveryCopy:
		return true
	case SomeCopy:
		return row/perScenario%2 == 0
	}
	return false
}

// input is the check as the gate takes it for a look after so many blocks, after the looks
// that were made before.
func (c check) input(planned int, made []int) gate.Input {
	in := gate.Input{BaseLabel: "base", HeadLabel: "head", Paired: true, Planned: planned, Made: made}
	in.Alpha, in.PassAlpha = gate.LevelsOf(planned, made)
	in.Rows = c.rows(planned, head, func(int) bool { return true })
	if rows := c.rows(planned, again, c.world.copied); len(rows) > 0 {
		in.Controls = []gate.Control{{Kind: gate.ControlAA, Base: "base", Head: "base-aa", Rows: rows}}
	}
	return in
}

// rows are the rows of a variant against base in the first blocks.
func (c check) rows(blocks, variant int, which func(row int) bool) []gate.Row {
	numbers := make([]int, blocks)
	for b := range numbers {
		numbers[b] = b + 1
	}
	var rows []gate.Row
	for i := range c.world.Rows {
		if !which(i) {
			continue
		}
		rows = append(rows, gate.Row{
			Name: fmt.Sprintf("HTTP/scenario=s%d/row=%d", i/perScenario, i), Unit: "p50-sec", Family: compare.FamilyHTTP, Better: units.Lower,
			Margin: margin, Blocks: numbers, Base: c.values[base][i][:blocks:blocks], Head: c.values[variant][i][:blocks:blocks],
		})
	}
	return rows
}

// differences are the logarithms of head over base of every row, in the first blocks.
func (c check) differences(blocks, variant int, which func(row int) bool) [][]float64 {
	var all [][]float64
	for i := range c.world.Rows {
		if !which(i) {
			continue
		}
		d := slices.Clone(c.values[variant][i][:blocks])
		for b := range d {
			d[b] = math.Log(d[b]) - math.Log(c.values[base][i][b])
		}
		all = append(all, d)
	}
	return all
}
