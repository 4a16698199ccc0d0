package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-bench/assay/analysis/internal/claims"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// why gives the reason of a verdict in one sentence.
func (w claimWords) why() string {
	s := w.reason()
	// Because is the reason that the author of the claim's entry knows. It explains a
	// verdict and never makes one.
	if w.Because != "" && w.Verdict != claims.NotRun {
		s += "; " + w.Because
	}
	if absent := w.missing(slices.Concat(w.Found, w.Honest)); absent != "" && w.Verdict != claims.NotRun {
		s += "; not all was run: " + absent
	}
	return capital(s) + "."
}

// reason is the part of the sentence that follows from the verdict.
func (w claimWords) reason() string {
	held, failed := w.of(w.Found, claims.Holds), w.of(w.Found, claims.Fails)
	switch w.Verdict {
	case claims.NotRun:
		if w.Untestable != "" {
			return w.Untestable
		}
		return w.missing(w.Found)
	case claims.Depends:
		return fmt.Sprintf("holds for %s, and not for %s", w.places(held, failed), w.places(failed, held))
	case claims.Artefact:
		// One counterexample is enough, and the first one stands for all.
		f := w.of(w.Honest, claims.Fails)[0]
		return fmt.Sprintf("comes back as the study counted, but %s in %s is %s", w.what(f), w.where(f), w.value(f))
	case claims.Unclear:
		open := w.of(w.Found, claims.Open)
		if n := len(open) + len(held) + len(failed); n > 1 {
			return fmt.Sprintf("in %d of %d settings %s", len(open), n, reasons(open))
		}
		return reasons(open)
	case claims.NotReproduced:
		text := w.distance(failed)
		if open := w.of(w.Found, claims.Open); len(open) > 0 {
			text += fmt.Sprintf("; not to be told in %d more (%s)", len(open), reasons(open))
		}
		return text
	}
	return w.distance(held)
}

// of are the findings with an outcome.
func (w claimWords) of(found []claims.Finding, o claims.Outcome) (f []claims.Finding) {
	for _, x := range found {
		if x.Outcome == o {
			f = append(f, x)
		}
	}
	return f
}

// reasons lists why findings are open, each reason once.
func reasons(open []claims.Finding) string {
	var why []string
	for _, f := range open {
		if !slices.Contains(why, f.Why) {
			why = append(why, f.Why)
		}
	}
	return strings.Join(why, ", or ")
}

// places names the scenarios of findings, each once. If another finding of the same
// scenario came out differently, the name is followed by what was measured.
func (w claimWords) places(found, others []claims.Finding) string {
	var names []string
	for _, f := range found {
		n := place(f.A)
		if slices.ContainsFunc(others, func(o claims.Finding) bool { return place(o.A) == n }) {
			n += " (" + w.what(f) + ")"
		}
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return words.List(names)
}

// distance says how far findings lie from what was claimed.
func (w claimWords) distance(found []claims.Finding) string {
	var far []float64
	for _, f := range found {
		far = append(far, w.offset(f))
	}
	lo, hi := slices.Min(far), slices.Max(far)
	unit := "%"
	switch {
	case !w.Order && units.IsShare(w.Unit), found[0].Kind == claims.Difference:
		unit = "percentage points"
	case math.IsInf(hi, 0) && w.Want.High == 0:
		return "the claim is zero, and the measurement is not"
	case math.IsInf(hi, 0):
		return "beyond the time-out"
	}
	// A difference of ten or more needs no tenths.
	tenths := func(v float64) string {
		if math.Abs(v) >= 10 {
			return format.Signed(v, 0)
		}
		return format.Signed(v, 1)
	}
	text := tenths(lo)
	if tenths(hi) != text {
		text += " to " + tenths(hi)
	}
	text += " " + unit
	switch {
	case w.Order:
		text += " against the other"
	case w.Want.Bound():
		text += " from the bound"
	default:
		text += " from the claim"
	}
	if len(found) > 1 {
		text += ", in " + words.Plural(len(found), "setting")
	}
	return text
}

// offset is how far a finding lies from the nearer end of what was claimed, or
// from the bound: in per cent of it, in percentage points for shares.
func (w claimWords) offset(f claims.Finding) float64 {
	v := f.Estimate.Center
	switch {
	case f.Kind == claims.Difference:
		return 100 * v
	case w.Order:
		return 100 * (v - 1)
	}
	// Inside the range the nearest point is the measurement itself, and the distance is
	// zero.
	end := min(max(v, w.Want.Low), w.Want.High)
	// Zero as claimed: the quotient below would not be a number.
	if v == 0 && end == 0 {
		return 0
	}
	if w.Want.Bound() {
		end = w.Want.Low
	}
	if units.IsShare(w.Unit) {
		return 100 * (v - end)
	}
	return 100 * (v/end - 1)
}

// missing says what the run does not have: every other reason once, and then the
// scenarios that it did not run, together.
func (w claimWords) missing(found []claims.Finding) string {
	var why, absent []string
	for _, f := range found {
		if f.Outcome != claims.Missing {
			continue
		}
		// A scenario that did not run explains a missing finding by itself. The
		// finding's own reason would only repeat it.
		known := true
		for _, c := range []claims.Subject{f.A, f.B} {
			if c.Scenario != "" && !w.run.Ran(c.Scenario) {
				known = false
				if !slices.Contains(absent, place(claims.Subject{Scenario: c.Scenario})) {
					absent = append(absent, place(claims.Subject{Scenario: c.Scenario}))
				}
			}
		}
		if known && !slices.Contains(why, f.Why) {
			why = append(why, f.Why)
		}
	}
	if len(absent) > 0 {
		why = append(why, "this run has no "+words.List(absent))
	}
	return strings.Join(why, ", ")
}

// capital turns the first letter of a sentence into a capital.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
