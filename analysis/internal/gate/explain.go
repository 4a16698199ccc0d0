package gate

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/units"
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
			said = append(said, fmt.Sprintf("%s: worse%s (margin %s, adjusted p %s)", j.label(), j.by(), j.change(j.Margin, false), probability(j.PAdjusted)))
		case j.Outcome == Inconclusive && v.Verdict == Inconclusive:
			said = append(said, fmt.Sprintf("%s: could not be decided: %s", j.label(), j.why()))
		}
	}
	if v.Verdict == Pass {
		said = append(said, fmt.Sprintf("a loss beyond the margin is excluded in %s", count(len(v.Rows), "primary row", "primary rows")))
	}
	return said
}

// label names the row in sentences: the benchmark and the unit.
func (r *Row) label() string { return strings.TrimSpace(r.Name + " " + r.Unit) }

// worse is +1 if up is worse on the scale of the values, else −1.
func (j *Judgement) worse() float64 {
	if j.Better == units.Higher {
		return -1
	}
	return 1
}
