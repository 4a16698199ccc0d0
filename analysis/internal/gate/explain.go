package gate

import (
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Explain says in a sentence each what the verdict rests on, the rows by name:
// for a regression those that are worse, for an inconclusive check all that kept
// it from passing.
func (v Verdict) Explain() []string {
	var said []string
	if v.Verdict == Inconclusive {
		said = append(said, v.Reasons...)
	}
	for i := range v.Rows {
		switch j := &v.Rows[i]; {
		case j.Outcome == Regression:
			said = append(said, fmt.Sprintf("%s: worse by %s (margin %s, adjusted p %s)", j.label(), j.change(j.Loss, false), j.change(j.Margin, false), probability(j.PAdjusted)))
		case j.Outcome == Inconclusive && v.Verdict == Inconclusive:
			said = append(said, fmt.Sprintf("%s: could not be decided: %s", j.label(), j.why()))
		}
	}
	if v.Verdict == Pass {
		said = append(said, fmt.Sprintf("a loss beyond the margin is excluded in %s", count(len(v.Rows), "primary row", "primary rows")))
	}
	return said
}

func (r *Row) label() string { return strings.TrimSpace(r.Name + " " + r.Unit) }

// effect is the Hodges–Lehmann estimate of head against base with its two-sided
// 95 % interval: a ratio, or a difference of shares.
func (j *Judgement) effect() stats.Estimate {
	var e stats.Estimate
	if j.Blocks != nil {
		var d []float64
		for i := range j.Blocks {
			if x := j.difference(j.Base[i], j.Head[i]); !math.IsNaN(x) {
				d = append(d, j.worse()*x)
			}
		}
		e = stats.HodgesLehmann(d, stats.Level)
	} else {
		base, head := j.scale(j.Base, j.worse()), j.scale(j.Head, j.worse())
		fill(base, head)
		e = stats.Shift(base, head, stats.Level)
	}
	if !j.Share {
		e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	}
	return e
}

// worse is +1 if up is worse on the scale of the values, else −1.
func (j *Judgement) worse() float64 {
	if j.Better == metric.Higher {
		return -1
	}
	return 1
}
