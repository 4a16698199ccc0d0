package gate

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// judgeUnpaired fills in what two samples say that were not interleaved.
func judgeUnpaired(rows []*Judgement, look look) {
	alpha, direction := look.pass, look.direction
	var p []float64
	var judged []*Judgement
	for _, j := range rows {
		base, head := j.place(compare.Limit, direction)
		j.N = min(len(base), len(head))
		if j.lost(j.Base) && j.lost(j.Head) {
			j.Reasons = append(j.Reasons, "both sides lie where nothing can be told apart: beyond the time-out, or at 0")
		}
		forbidden := false
		for _, m := range j.Marks {
			if m.forbids() || m.Head == (m.Bias != compare.Flatters) {
				j.Reasons = append(j.Reasons, m.Text)
				forbidden = true
			} else {
				j.held, j.barred = append(j.held, m.Text), true
			}
		}
		if !forbidden && j.N < minSide {
			j.Reasons = append(j.Reasons, fmt.Sprintf("%s on a side, and the rule needs %d", count(j.N, "value", "values"), minSide))
		}
		if j.N > 1 {
			j.spread(j.pooled())
		}
		shift := stats.Shift(base, head, 1-2*alpha)
		j.estimate(shift, shift)
		if len(j.Reasons) == 0 {
			p = append(p, stats.MannWhitneyGreater(base, head))
			judged = append(judged, j)
		}
		base, head = j.place(remote, direction)
		j.tell(stats.Shift(base, head, 1-2*alpha), direction)
	}
	for i, q := range stats.Holm(p) {
		judged[i].PAdjusted = q
	}
}

// place brings the values of both sides to the scale on which effects are additive,
// up is worse. What has no logarithm lies so far beyond all that have one, so that
// there is an estimate.
func (j *Judgement) place(beyond, direction float64) (base, head []float64) {
	base, head = j.on().Place(stats.Present(j.Base), stats.Present(j.Head), beyond)
	for _, side := range [][]float64{base, head} {
		for i := range side {
			side[i] *= direction * j.worse()
		}
	}
	return base, head
}

// pooled is the standard deviation within the two sides, NaN if a value has no place
// on the scale.
func (j *Judgement) pooled() float64 {
	x, y := stats.Deviation(j.on().On(stats.Present(j.Base))), stats.Deviation(j.on().On(stats.Present(j.Head)))
	return math.Sqrt((x*x + y*y) / 2)
}

// lost reports whether more than half of the values that are there are where nothing can
// be told apart: beyond the time-out, or at a rate of 0.
func (j *Judgement) lost(values []float64) bool {
	n := 0
	values = stats.Present(values)
	for _, x := range values {
		if math.IsInf(x, 1) || x == 0 && j.Better == units.Higher && !j.Share {
			n++
		}
	}
	return 2*n > len(values)
}
