package gate

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// judgePaired fills in what the differences by block say about the rows of one
// family.
func judgePaired(rows []*Judgement, alpha, direction float64) {
	columns := map[int]int{} // of block numbers
	for _, j := range rows {
		for _, b := range j.Blocks {
			if _, ok := columns[b]; !ok {
				columns[b] = len(columns)
			}
		}
	}
	var differences [][]float64
	var judged []*Judgement
	for _, j := range rows {
		d := make([]float64, len(columns))
		for i := range d {
			d[i] = math.NaN()
		}
		present := make([]float64, 0, len(j.Blocks))
		measured := make([]float64, 0, len(j.Blocks)) // not clamped
		for i, b := range j.Blocks {
			if x := j.difference(j.Base[i], j.Head[i]); !math.IsNaN(x) {
				x *= direction
				d[columns[b]] = j.on().Clamp(x)
				present = append(present, d[columns[b]])
				measured = append(measured, x)
			}
		}
		j.N = len(present)
		j.Reasons = append(j.Reasons, j.Marks...)
		if len(j.Marks) == 0 && len(present) < minBlocks {
			j.Reasons = append(j.Reasons, fmt.Sprintf("%s, and the rule needs %d", count(j.N, "complete block", "complete blocks"), minBlocks))
		}
		if len(present) > 1 {
			// A difference has the noise of two trials.
			j.spread(stats.Deviation(measured) / math.Sqrt2)
		}
		j.estimate(stats.HodgesLehmann(present, 1-2*alpha))
		j.tell(stats.HodgesLehmann(replaced(measured), 1-2*alpha), direction)
		if len(j.Reasons) == 0 {
			differences = append(differences, d)
			judged = append(judged, j)
		}
	}
	for i, p := range stats.MaxT(differences, stats.Greater, stats.Seed(differences)) {
		judged[i].PAdjusted = p
	}
}

// resolution is by how many bytes two values of B/op may differ and be the same:
// it is a mean, printed as a whole number, and code that pools its memory flickers
// between two of these. From 0 to 1 would count as a factor of 1,000. An allocation
// is one, however small, so allocs/op has no such allowance.
const resolution = 1

// on is the scale on which effects of the row are additive.
func (r *Row) on() compare.Scale {
	s := compare.Scale{Values: r.Share, Better: r.Better}
	if r.Unit == "B/op" {
		s.Resolution = resolution
	}
	return s
}

// difference is head against base on that scale, up is worse. It may be infinite,
// and is NaN if a side is missing or if nothing can be told apart.
func (j *Judgement) difference(base, head float64) float64 {
	return j.worse() * j.on().Difference(base, head)
}

// completeBlocks counts the blocks in which every row has both sides. Rows that
// stand on one side only are left out: no number of blocks would complete them,
// and they are undecided in any case.
func completeBlocks(rows []Row) int {
	have, of := map[int]int{}, 0
	for i := range rows {
		j := Judgement{Row: &rows[i]}
		if len(stats.Present(j.Base)) == 0 || len(stats.Present(j.Head)) == 0 {
			continue
		}
		of++
		for k, b := range j.Blocks {
			if !math.IsNaN(j.difference(j.Base[k], j.Head[k])) {
				have[b]++
			}
		}
	}
	complete := 0
	for _, n := range have {
		if n == of {
			complete++
		}
	}
	return complete
}
