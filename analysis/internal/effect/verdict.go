package effect

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// Verdicts on a row.
const (
	Better    = "better"
	Worse     = "worse"
	Changed   = "changed"       // changed, but the unit has no better direction
	Same      = "no difference" // the interval is within the margin
	Unclear   = "cannot tell"   // the interval contains both no change and one that matters
	NotJudged = "not judged"    // a mark forbids a verdict; Notes says which
)

// exactMethod is the method for units that are declared exact: one value, no test.
const exactMethod = "exact"

// Alpha is the family-wise error level of verdicts.
const Alpha = 0.05

// judge decides the verdict from the numbers of the row.
func (r *Row) judge() {
	// None is the effect of two equal columns.
	none := 1.0
	if r.Difference {
		none = 0
	}
	switch {
	case r.Base.Median.N == 0 || r.Head.Median.N == 0:
		r.Verdict = ""
	case len(r.Marks) > 0:
		r.Verdict = NotJudged
	// Zero errors on both sides are no difference. Zero goodput on both sides is two
	// broken servers.
	case r.NoRatio == bothZero && r.Better != units.Higher && len(r.Doubts) == 0:
		r.Verdict = Same
	case !r.Effect.Bounded():
		r.Verdict = Unclear
		// Without a ratio, ranks can show a change, but their own test has to show
		// it too.
		if r.ranks != 0 && r.P <= Alpha && r.significant() {
			r.Verdict = direction(r.Better, r.Up())
		}
	case r.significant() && (r.Effect.Low > none || r.Effect.High < none):
		r.Verdict = direction(r.Better, r.Up())
	case r.withinMargin(none) && len(r.Doubts) == 0:
		r.Verdict = Same
	default:
		r.Verdict = Unclear
	}
}

// Up reports whether head is higher than base, by the effect or, if there is none,
// by the ranks.
func (r *Row) Up() bool {
	switch {
	case math.IsNaN(r.Effect.Center):
		return r.ranks > 0
	case r.Difference:
		return r.Effect.Center > 0
	}
	return r.Effect.Center > 1
}

// significant reports whether chance alone is an unlikely explanation. Descriptive rows
// have no adjusted p-value and go by their own.
func (r *Row) significant() bool {
	if r.Family != "" && !math.IsNaN(r.PAdjusted) {
		return r.PAdjusted <= Alpha
	}
	return r.P <= Alpha
}

// direction is the verdict on a change.
func direction(better units.Direction, up bool) string {
	switch {
	case better == units.Unknown:
		return Changed
	case up == (better == units.Higher):
		return Better
	}
	return Worse
}

// withinMargin reports whether the whole interval is closer to no change than the
// margin: what remains possible does not matter.
func (r *Row) withinMargin(none float64) bool {
	m := units.Margin(r.Unit)
	return r.Effect.Low > none-m && r.Effect.High < none+m
}
