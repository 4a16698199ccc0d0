package gate

import (
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// evidence is what the blocks of one row count as. All slices have one value for every
// block of the family, NaN where the row has none.
type evidence struct {
	test  []float64    // differences in the test, up is worse
	trios []stats.Trio // where the row has a second base; nil if it has none
}

// judgePaired fills in what the differences by block say about the rows of one
// family.
func judgePaired(rows []*Judgement, look look) {
	columns := map[int]int{} // of block numbers
	for _, j := range rows {
		for _, b := range j.Blocks {
			if _, ok := columns[b]; !ok {
				columns[b] = len(columns)
			}
		}
	}
	var tests [][]float64
	var trios [][]stats.Trio
	var judged []*Judgement
	for _, j := range rows {
		e := j.weighed(columns, look)
		if len(j.Reasons) == 0 {
			tests, trios, judged = append(tests, e.test), append(trios, e.trios), append(judged, j)
		}
	}
	if look.onlyWorse && !slices.ContainsFunc(judged, (*Judgement).worseThanMargin) {
		return
	}
	for i, p := range stats.MaxTExchange(tests, trios, stats.Greater, stats.Seed(tests)) {
		judged[i].PAdjusted = p
	}
}

// weighed estimates the loss of one row, and says what its blocks count as.
func (j *Judgement) weighed(columns map[int]int, look look) evidence {
	e := evidence{test: slices.Repeat([]float64{math.NaN()}, len(columns))}
	none := stats.Trio{Head: math.NaN(), Base: math.NaN(), Copy: math.NaN()}
	if j.again != nil {
		e.trios = slices.Repeat([]stats.Trio{none}, len(columns))
	}
	var measured, tests, passes []float64
	for k, block := range j.Blocks {
		x := look.direction * j.measuredAgainst(k)
		d := j.on().Clamp(x)
		if t, ok := j.trio(k); ok {
			e.trios[columns[block]] = t
			d = t.Head
		}
		base, head := j.biasOf(block)
		lostBase, lostHead := math.IsNaN(j.Base[k]), math.IsNaN(j.Head[k])
		if look.direction < 0 {
			base, head, lostBase, lostHead = head, base, lostHead, lostBase
		}
		test, pass := j.weigh(d, base, head, lostBase, lostHead)
		if e.trios != nil && math.IsNaN(test) {
			e.trios[columns[block]] = none
		}
		e.test[columns[block]] = test
		measured, tests, passes = append(measured, x), append(tests, test), append(passes, pass)
	}
	measured, tests, passes = stats.Present(measured), stats.Present(tests), stats.Present(passes)
	j.N = len(tests)
	j.enough(len(tests), len(passes), look)
	if len(measured) > 1 {
		j.spread(stats.Deviation(measured) / math.Sqrt(j.trials()))
	}
	j.noise = j.noiseOf(passes)
	j.estimate(stats.HodgesLehmann(tests, 1-2*look.pass), stats.HodgesLehmann(passes, 1-2*look.pass))
	if j.counted {
		// The median of differences that are mostly 0 is 0, however many are not.
		j.ruled.loss = mean(tests)
		j.Loss = j.ruled.loss
		return e
	}
	j.tell(stats.HodgesLehmann(replaced(measured), 1-2*look.pass), look.direction)
	return e
}

// mean is NaN if there are no values.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// enough says why a row has too few blocks to be judged, or to pass.
func (j *Judgement) enough(tests, passes int, look look) {
	for _, m := range j.Marks {
		j.held = append(j.held, m.Text)
	}
	switch {
	case slices.ContainsFunc(j.Marks, Mark.forbids):
		j.Reasons = append(j.Reasons, j.held...)
	case tests < look.least():
		j.Reasons = append(j.Reasons, j.held...)
		j.Reasons = append(j.Reasons, fmt.Sprintf("%s, and the rule needs %d", count(tests, "complete block", "complete blocks"), look.least()))
	case passes < minBlocks:
		j.held = append(j.held, fmt.Sprintf("%s left, and a pass needs %d", count(passes, "block is", "blocks are"), minBlocks))
		j.barred = true
	}
}

// trials is of how many trials a difference has the noise: of two, or of one and of
// the mean of two.
func (j *Judgement) trials() float64 {
	if j.again != nil {
		return 1.5
	}
	return 2
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
