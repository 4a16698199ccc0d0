package gate

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/metric"
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
		for i, b := range j.Blocks {
			if x := j.difference(j.Base[i], j.Head[i]); !math.IsNaN(x) {
				x *= direction
				d[columns[b]] = x
				present = append(present, x)
			}
		}
		j.N = len(present)
		j.Reasons = append(j.Reasons, j.Marks...)
		if len(j.Marks) == 0 && len(present) < minBlocks {
			j.Reasons = append(j.Reasons, fmt.Sprintf("%s, and the rule needs %d", count(j.N, "complete block", "complete blocks"), minBlocks))
		}
		if len(present) > 1 {
			// A difference has the noise of two trials.
			j.spread(stats.Deviation(present) / math.Sqrt2)
		}
		j.estimate(stats.HodgesLehmann(present, 1-2*alpha))
		if len(j.Reasons) == 0 {
			differences = append(differences, d)
			judged = append(judged, j)
		}
	}
	for i, p := range stats.MaxT(differences, stats.Greater, stats.Seed(differences)) {
		judged[i].PAdjusted = p
	}
}

// limit bounds a difference of logarithms. A change by more than a factor of
// 1,000 either way counts as one of 1,000, which also gives a place to what has
// no ratio: time-outs (+Inf), a goodput of 0, the first allocation. The bound is
// the same for both signs, so that the test by sign flips stays exact.
var limit = math.Log(1000)

// resolution is by how many bytes two values of B/op may differ and be the same:
// it is a mean, printed as a whole number, and code that pools its memory flickers
// between two of these. From 0 to 1 would count as a factor of 1,000. An allocation
// is one, however small, so allocs/op has no such allowance.
const resolution = 1

// difference is head against base on the scale on which effects are additive, up
// is worse. It is NaN if a side is missing or if both lie where nothing can be
// told apart: beyond the time-out, or at a rate of 0.
func (j *Judgement) difference(base, head float64) float64 {
	switch {
	case math.IsNaN(base), math.IsNaN(head), math.IsInf(base, 0) && math.IsInf(head, 0):
		return math.NaN()
	case j.Share:
		return j.worse() * (head - base)
	case base == head && base == 0 && j.Better == metric.Higher:
		return math.NaN()
	case base == head:
		return 0
	case j.Unit == "B/op" && math.Abs(head-base) <= resolution:
		return 0
	}
	d := math.Log(head) - math.Log(base)
	return j.worse() * max(-limit, min(limit, d))
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
