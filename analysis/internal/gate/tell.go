package gate

import (
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// remote is where estimates for a reader put what has no place on the scale of
// logarithms. It is so far away that no estimate which rests on it can be taken for a
// measured one, while one that does not is what it would be without.
const remote = 1e6

// replaced are differences of which the infinite ones are remote. Differences that
// are infinite both ways have no middle: then one of them is NaN, and there is no
// estimate.
func replaced(differences []float64) []float64 {
	d := slices.Clone(differences)
	up, down := slices.Index(d, math.Inf(1)), slices.Index(d, math.Inf(-1))
	if up >= 0 && down >= 0 {
		d[up] = math.NaN()
	}
	for i := range d {
		d[i] = max(-remote, min(remote, d[i])) // NaN stays
	}
	return d
}

// tell keeps what an interval of differences means for a reader, where what has no
// place on the scale is remote.
func (j *Judgement) tell(e stats.Estimate, direction float64) {
	up := direction * j.worse()
	of := func(d float64) float64 { return j.loss(up * j.logRatio(up*d)) }
	j.Loss, j.Bound = of(e.Center), of(e.High)
	if math.IsNaN(j.Loss) || math.IsNaN(j.Bound) {
		j.NoRatio = j.noRatio()
	}
}

// logRatio is an estimate of head over base on the scale of the row, NaN if it rests
// on values that have no ratio. Head of 0 against base above 0 does have one: it is 0.
func (j *Judgement) logRatio(estimate float64) float64 {
	late := func(v float64) bool { return math.IsInf(v, 1) }
	none := func(v float64) bool { return v == 0 && j.Better == units.Higher }
	both := func(is func(float64) bool) bool {
		return slices.ContainsFunc(j.Base, is) && slices.ContainsFunc(j.Head, is)
	}
	switch {
	case !j.Share && j.Blocks == nil && estimate == 0 && (both(late) || both(none)):
		return math.NaN() // it may be that of two values that nothing tells apart
	case j.Share || math.Abs(estimate) < remote/10, math.IsNaN(estimate):
		return estimate
	case estimate < 0 && !slices.ContainsFunc(j.Base, late):
		return math.Inf(-1)
	}
	return math.NaN()
}

// noRatio says why the two sides have no ratio, empty if they have one.
func (j *Judgement) noRatio() string {
	if j.Share {
		return ""
	}
	return compare.NoRatio(stats.Present(j.Base), stats.Present(j.Head))
}

// effect is the Hodges–Lehmann estimate of head against base with its two-sided
// 95 % interval: a ratio, or a difference of shares.
func (j *Judgement) effect() stats.Estimate {
	var e stats.Estimate
	if j.Blocks != nil {
		var d []float64
		for i := range j.Blocks {
			if x := j.on().Difference(j.Base[i], j.Head[i]); !math.IsNaN(x) {
				d = append(d, x)
			}
		}
		e = stats.HodgesLehmann(replaced(d), stats.Level)
	} else {
		base, head := j.place(remote, j.worse())
		e = stats.Shift(base, head, stats.Level)
	}
	e.Center, e.Low, e.High = j.logRatio(e.Center), j.logRatio(e.Low), j.logRatio(e.High)
	if !j.Share {
		e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	}
	return e
}

// by words the loss of the row behind "worse": " by 7.0 %", or the two values and why
// they have no ratio.
func (j *Judgement) by() string {
	if math.IsNaN(j.Loss) && j.NoRatio != "" {
		return ": " + j.values()
	}
	return " by " + j.change(j.Loss, false)
}

// values are the medians of a row without a loss, and why it has none.
func (j *Judgement) values() string {
	return fmt.Sprintf("%s → %s, no ratio: %s", j.value(j.Base), j.value(j.Head), j.NoRatio)
}
