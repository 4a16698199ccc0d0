package report

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// findingOf words one comparison.
func findingOf(s *measured.Scenario, r *effect.Row) finding {
	g, _ := s.MeasuredBy(r)
	where, burst := "`"+s.Spec.Name+"`", ""
	if g != nil && g.Label != "" {
		where += " (" + g.Label + ")"
	}
	if r.Target != "" {
		where += " target `" + r.Target + "`"
	}
	if g != nil && g.Burst() {
		burst = " (burst: no steady state)"
	}
	head, base := "`"+r.Head.Label+"`", "`"+r.Base.Label+"`"
	f := finding{strength: strength(r), where: where}
	switch r.Verdict {
	case effect.Better, effect.Worse, effect.Changed:
		// Findings of one kind are gathered into one sentence. The load is no part of
		// the kind, because it is what the gathered findings differ in.
		f.kind = fmt.Sprint(head, base, r.Unit, r.Up())
		if r.Difference {
			f.text = fmt.Sprintf("**%s**: %s answers **%s** of all requests within the objective than %s: %s, adjusted p = %s%s.",
				where, head, map[bool]string{true: "more", false: "fewer"}[r.Up()], base, format.Points(r.Effect), pText(r.PAdjusted), burst)
			return f
		}
		// The verdict on values without a ratio rests on their ranks, so the sentence
		// names the direction and gives no number.
		by := format.Change(r.Effect)
		if noRatio(r) > 0 {
			by = "zeros or values beyond the time-out have no ratio"
		}
		f.text = fmt.Sprintf("**%s**: %s has **%s** %s than %s: %s, adjusted p = %s%s.",
			where, head, words.Direction(r.Unit, r.Up()), metricIn(g, r.Unit), base, by, pText(r.PAdjusted), burst)
	case effect.Same:
		// "No difference" is said together with the largest effect that the interval
		// leaves open, because no interval shows that two things are equal.
		f.rank = 1
		f.text = fmt.Sprintf("**%s**: %s and %s show **no difference** in %s larger than %s.", where, head, base, metricIn(g, r.Unit), bound(r))
	default:
		// What cannot be told is a finding too: a reader must not take silence for
		// equality.
		f.rank = 2
		f.text = fmt.Sprintf("**%s**: **cannot tell** whether %s and %s differ in %s: %s%s.", where, head, base, metricIn(g, r.Unit), interval(r), blocksNeeded(r))
	}
	return f
}

// judged reports whether a row may stand among the findings.
func judged(r *effect.Row) bool {
	return r.Family != "" && r.Verdict != "" && r.Verdict != effect.NotJudged
}

// metricIn names a unit in a sentence about a group.
func metricIn(g *measured.Group, unit string) string {
	switch {
	case g != nil && units.IsLatency(unit):
		return words.Metric(unit) + " " + words.Latency(g.Open())
	case unit == "within-slo-ratio":
		return "the share of requests within the objective"
	}
	return words.Metric(unit)
}

// noRatio is the number of trials a side of a row that has no effect for lack of a
// ratio, 0 if it has one.
func noRatio(r *effect.Row) int {
	if !math.IsNaN(r.Effect.Center) {
		return 0
	}
	return min(r.Base.Median.N, r.Head.Median.N)
}

// strength makes effects of ratios and of shares comparable for sorting.
func strength(r *effect.Row) float64 {
	if math.IsNaN(r.Effect.Center) {
		// Values that compare by rank alone are zeros and time-outs. Nothing on the
		// page is a stronger effect than these.
		return math.Inf(1)
	}
	if r.Difference {
		return math.Abs(r.Effect.Center)
	}
	// The logarithm makes half as much and twice as much equally strong. For small
	// changes it is about the change itself, and so comparable with a difference of
	// shares.
	return math.Abs(math.Log(r.Effect.Center))
}

// bound is the largest effect that an interval leaves open.
func bound(r *effect.Row) string {
	e := r.Effect
	if r.Difference {
		return format.Fixed(100*max(math.Abs(e.Low), math.Abs(e.High)), 2) + " percentage points"
	}
	return format.Fixed(100*max(math.Abs(e.Low-1), math.Abs(e.High-1)), 1) + " %"
}

// interval says what is known of an effect that cannot be told.
func interval(r *effect.Row) string {
	switch {
	case math.IsNaN(r.Effect.Center):
		return "values lie beyond the time-out and compare by rank only"
	case !r.Effect.Bounded():
		return fmt.Sprintf("with n = %d there is no 95 %% interval", r.Effect.N)
	case r.Difference:
		return "the interval is " + format.Points(r.Effect)
	}
	return "the interval is " + format.Change(r.Effect)
}

// blocksNeeded is about how many blocks would show that there is no difference
// beyond the margin: 28·(CV/margin)², where CV is the spread of one trial; the
// difference of two has √2 of it. It is empty if the present run has as many.
func blocksNeeded(r *effect.Row) string {
	if !r.Effect.Bounded() || r.Effect.N < 6 {
		return " (would need at least 6 blocks)"
	}
	// The rule is for the spread of one trial, and Spread is that of a difference of
	// two.
	spread := r.Spread() / math.Sqrt2
	n := 28 * math.Pow(spread/units.Margin(r.Unit), 2)
	if math.IsNaN(n) || math.IsInf(n, 0) || n <= float64(r.Effect.N) {
		return ""
	}
	return fmt.Sprintf(" (would need about %s blocks)", format.Count(int(math.Ceil(n))))
}

// pText prints a p-value.
func pText(p float64) string {
	switch {
	case math.IsNaN(p):
		return format.None
	case p < 0.001:
		return fmt.Sprintf("%.4f", p)
	}
	return fmt.Sprintf("%.3f", p)
}
