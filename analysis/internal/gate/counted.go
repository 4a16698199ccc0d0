package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
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
		r := Row{Name: e.Name, Unit: e.What, Family: compare.FamilyHTTP, Better: units.Lower, Share: true, Blocks: all}
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
// badFactor margins of the median of all trials of the row. A block with a mark is left
// out. The second result is the same of the second base.
func (j *Judgement) badStarts() (Row, map[int]float64) {
	r := Row{Name: j.Name, Config: j.Config, Unit: badStartsOf + j.Unit, Family: j.Family, Better: units.Lower, Share: true}
	middle := j.pooledMedian()
	if math.IsNaN(middle) || math.IsInf(middle, 0) {
		return r, nil
	}
	bad := func(v float64) float64 {
		return one(j.setback(j.difference(middle, v)) > badFactor*j.Margin)
	}
	var copied map[int]float64
	if j.again != nil {
		copied = map[int]float64{}
	}
	for k, b := range j.Blocks {
		marked := slices.ContainsFunc(j.Marks, func(m Mark) bool { return m.about(b) })
		if marked || math.IsNaN(j.Base[k]) || math.IsNaN(j.Head[k]) {
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

// setback is by how much a difference, oriented so that up is worse, makes what takes time
// take longer, as a share. A rate that is halved is a setback of 1. Unlike a loss of a
// rate, which is at most 1, it reaches any number of margins.
func (j *Judgement) setback(d float64) float64 {
	if j.Share {
		return d
	}
	return math.Expm1(d)
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

// severe is how many margins a start has to lie beyond the pooled median of its row to
// be a severe one.
const severe = 8

// mixture is a build of which a share of the starts is bad, and how bad they are, in
// margins.
type mixture struct{ beyond, share float64 }

// mixtures are the builds that a check has to find.
var mixtures = []mixture{
	{badFactor, 1. / 4},
	{severe, 1. / 10},
}

// slip is by how much a mixture may pass more often than the blocks of a check meet none
// of its bad starts.
const slip = 0.03

// tolerated is how many bad starts of head in n blocks do not keep a row from passing: so
// few that a build of which a share of the starts is bad shows as few in at most slip more
// checks than those in which it shows none. In ten blocks it is 0. In twenty it is 1 for a
// share of a quarter, and 0 for a tenth.
//
// Note: no bad start at all was tolerated before. One trial of a quiet machine in fifty
// has a p99 that is worse by 30 to 60 % because the machine paused, with a p50 as always,
// and so one in ten checks of two equal builds did not pass.
func tolerated(n int, share float64) int {
	none := math.Pow(1-share, float64(n))
	k, upTo := 0, stats.Binomial(uint64(n), 0, share)+stats.Binomial(uint64(n), 1, share) // of at most k+1
	for k < n && upTo <= none+slip {
		k++
		upTo += stats.Binomial(uint64(n), uint64(k+1), share)
	}
	return k
}

// seen says of a row that nothing else keeps from passing in how many blocks head
// started badly, if it did more often than base, beyond all noise of the row, and more
// often than is tolerated.
//
// A share q of bad starts is not seen in n blocks with the probability (1−q)ⁿ, and no
// rule can do better. The test of their number finds it only where there are many: few
// of them keep the row from passing.
func (j *Judgement) seen(label string) string {
	for _, m := range mixtures {
		head, base, n := j.startsBeyond(m.beyond)
		if float64(head) <= base || head <= tolerated(n, m.share) {
			continue
		}
		if rare := j.rare(); rare != "" {
			return "bad starts: " + rare
		}
		return fmt.Sprintf("bad starts: in %d of %d blocks %s was worse by more than %g margins than the median, and beyond its noise", head, n, cmp.Or(label, "head"), m.beyond)
	}
	return ""
}

// spoilt reports whether a row has more bad starts of head already than are tolerated in n
// blocks, and more than base has.
func (j *Judgement) spoilt(n int) bool {
	return slices.ContainsFunc(mixtures, func(m mixture) bool {
		head, base, _ := j.startsBeyond(m.beyond)
		return float64(head) > base && head > tolerated(n, m.share)
	})
}

// startsBeyond counts the starts of head and of base that lie beyond so many margins of
// the median of all trials, and beyond the noise of the row, in n blocks. Starts of base
// are the mean over base and its copy. Blocks with a mark are left out.
func (j *Judgement) startsBeyond(margins float64) (head int, base float64, n int) {
	r, _ := j.badStarts()
	if len(r.Blocks) == 0 {
		return 0, 0, 0
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
	beyond := func(v float64) float64 {
		d := j.difference(middle, v)
		return one(d > limit && j.setback(d) > margins*j.Margin)
	}
	complete := make(map[int]bool, len(r.Blocks))
	for _, b := range r.Blocks {
		complete[b] = true
	}
	for k, b := range j.Blocks {
		if !complete[b] {
			continue
		}
		n++
		ofBase := beyond(j.Base[k])
		if v, ok := j.again[b]; ok {
			ofBase = (ofBase + beyond(v)) / 2
		}
		base += ofBase
		head += int(beyond(j.Head[k]))
	}
	return head, base, n
}

// one counts an event: 1 if it happened, else 0.
func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
