package gate

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// judgeUnpaired fills in what two samples say that were not interleaved.
func judgeUnpaired(rows []*Judgement, alpha, direction float64) {
	var p []float64
	var judged []*Judgement
	for _, j := range rows {
		base, head := j.scale(j.Base, direction), j.scale(j.Head, direction)
		fill(base, head)
		j.N = min(len(base), len(head))
		if j.lost(j.Base) && j.lost(j.Head) {
			j.Reasons = append(j.Reasons, "both sides lie where nothing can be told apart: beyond the time-out, or at 0")
		}
		j.Reasons = append(j.Reasons, j.Marks...)
		if len(j.Marks) == 0 && j.N < minSide {
			j.Reasons = append(j.Reasons, fmt.Sprintf("%s on a side, and the rule needs %d", count(j.N, "value", "values"), minSide))
		}
		if j.N > 1 {
			sx, sy := stats.Deviation(base), stats.Deviation(head)
			j.spread(math.Sqrt((sx*sx + sy*sy) / 2))
		}
		j.estimate(stats.Shift(base, head, 1-2*alpha))
		if len(j.Reasons) == 0 {
			p = append(p, stats.MannWhitneyGreater(base, head))
			judged = append(judged, j)
		}
	}
	for i, q := range stats.Holm(p) {
		judged[i].PAdjusted = q
	}
}

// scale brings values to the scale on which effects are additive, up is worse.
// Missing values are left out; what has no logarithm becomes infinite.
func (j *Judgement) scale(values []float64, direction float64) []float64 {
	v := make([]float64, 0, len(values))
	for _, x := range values {
		if math.IsNaN(x) {
			continue
		}
		if !j.Share {
			x = math.Log(x)
		}
		v = append(v, direction*j.worse()*x)
	}
	return v
}

// fill puts infinite values a factor of 1,000 beyond the finite ones of both
// samples, so that there is an estimate. If there are none at all, every
// infinity of one sign is the same value.
func fill(samples ...[]float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		for _, x := range s {
			if !math.IsInf(x, 0) {
				lo, hi = min(lo, x), max(hi, x)
			}
		}
	}
	if lo > hi {
		lo, hi = 0, 0
	}
	for _, s := range samples {
		for i, x := range s {
			s[i] = max(lo-limit, min(hi+limit, x))
		}
	}
}

// lost reports whether more than half of the values are where nothing can be told
// apart: beyond the time-out, or at a rate of 0.
func (j *Judgement) lost(values []float64) bool {
	n := 0
	for _, x := range values {
		if math.IsInf(x, 1) || x == 0 && j.Better == metric.Higher && !j.Share {
			n++
		}
	}
	return 2*n > len(values)
}
