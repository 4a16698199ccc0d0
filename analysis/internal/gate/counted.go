package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// badFactor is how many margins a start has to lie beyond the pooled median of its row
// to be a bad one.
const badFactor = 3

// badStartsOf is what the row of the bad starts of a row is called, before its unit.
const badStartsOf = "bad starts of "

// countedRows makes rows of what is counted by block: events, and bad starts of every row.
// Their differences are +1 in a block in which it befell head alone, −1 in one of base
// alone, and 0 else, and so the test is an exact sign test over blocks, in one family
// with the rows. They have no margin: that it befalls head more often is the
// regression.
func countedRows(rows []Judgement, events []Event) []Judgement {
	var counted []Row
	blocks := map[int]bool{}
	for i := range rows {
		for _, b := range rows[i].Blocks {
			blocks[b] = true
		}
	}
	var all []int
	for b := range blocks {
		all = append(all, b)
	}
	slices.Sort(all)
	for _, e := range events {
		r := Row{Name: e.Name, Unit: e.What, Family: compare.FamilyHTTP, Better: metric.Lower, Share: true, Blocks: all}
		for _, b := range all {
			r.Base, r.Head = append(r.Base, one(slices.Contains(e.Base, b))), append(r.Head, one(slices.Contains(e.Head, b)))
		}
		counted = append(counted, r)
	}
	var again []map[int]float64
	again = append(again, make([]map[int]float64, len(counted))...)
	for i := range rows {
		if r, copied := rows[i].badStarts(); len(r.Blocks) > 0 {
			counted, again = append(counted, r), append(again, copied)
		}
	}
	js := newJudgements(counted)
	for i := range js {
		js[i].counted, js[i].again = true, again[i]
	}
	return js
}

// badStarts is the row of the bad starts of a row: 1 where a trial lies beyond
// badFactor margins of the median of all trials of the row. A marked row has none. The
// second result is the same of the second base.
func (j *Judgement) badStarts() (Row, map[int]float64) {
	r := Row{Name: j.Name, Config: j.Config, Unit: badStartsOf + j.Unit, Family: j.Family, Better: metric.Lower, Share: true}
	if len(j.Marks) > 0 {
		return r, nil
	}
	middle := j.pooledMedian()
	if math.IsNaN(middle) || math.IsInf(middle, 0) {
		return r, nil
	}
	bad := func(v float64) float64 {
		return one(j.loss(j.difference(middle, v)) > badFactor*j.Margin)
	}
	var copied map[int]float64
	if j.again != nil {
		copied = map[int]float64{}
	}
	for k, b := range j.Blocks {
		if math.IsNaN(j.Base[k]) || math.IsNaN(j.Head[k]) {
			continue
		}
		r.Blocks, r.Base, r.Head = append(r.Blocks, b), append(r.Base, bad(j.Base[k])), append(r.Head, bad(j.Head[k]))
		if v, ok := j.again[b]; ok {
			copied[b] = bad(v)
		}
	}
	if !slices.Contains(r.Base, 1) && !slices.Contains(r.Head, 1) {
		r.Blocks = nil
	}
	return r, copied
}

// pooledMedian is the median of all trials of the row, whatever their side.
func (j *Judgement) pooledMedian() float64 {
	all := slices.Concat(stats.Present(j.Base), stats.Present(j.Head))
	for _, v := range j.again {
		all = append(all, v)
	}
	return stats.Median(all).Center
}

// outlying is how many robust standard deviations a start has to lie beyond the median
// to be told from noise. Normal noise is once in 300,000 trials.
const outlying = 4.5

// seen says of a row that nothing else keeps from passing in how many blocks head
// started badly, if it did more often than base, beyond all noise of the row.
//
// A share q of bad starts is not seen in n blocks with the probability (1−q)ⁿ, and no
// rule can do better. The test of their number finds it only where there are many: few
// of them keep the row from passing.
func (j *Judgement) seen(label string) string {
	r, copied := j.badStarts()
	if len(r.Blocks) == 0 {
		return ""
	}
	middle := j.pooledMedian()
	var distances []float64
	for _, side := range [][]float64{j.Base, j.Head} {
		for _, v := range side {
			if d := j.difference(middle, v); !math.IsNaN(d) {
				distances = append(distances, math.Abs(d))
			}
		}
	}
	// 1.4826 brings the median absolute deviation of normal values to their
	// standard deviation.
	limit := outlying * 1.4826 * stats.Median(distances).Center
	base, head, n := 0.0, 0, 0
	for k, b := range j.Blocks {
		at := slices.Index(r.Blocks, b)
		if at < 0 {
			continue
		}
		n++
		beyond := func(v float64) float64 { return one(j.difference(middle, v) > limit) }
		ofBase := r.Base[at] * beyond(j.Base[k])
		if v, ok := copied[b]; ok {
			ofBase = (ofBase + v*beyond(j.again[b])) / 2
		}
		base += ofBase
		head += int(r.Head[at] * beyond(j.Head[k]))
	}
	if float64(head) <= base {
		return ""
	}
	if rare := j.rare(); rare != "" {
		return "bad starts: " + rare
	}
	return fmt.Sprintf("bad starts: in %d of %d blocks %s was worse by more than %d margins than the median, and beyond its noise", head, n, cmp.Or(label, "head"), badFactor)
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
