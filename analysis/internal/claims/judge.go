package claims

import (
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Tolerance is how far a number may lie from a claim, as a share of the claim, and still
// reproduce it. The machine, the day, and the network between client and server are
// others than the study's.
const Tolerance = 0.10

// ShareTolerance is the least tolerance of shares.
const ShareTolerance = 0.02

// Verdict on a claim.
type Verdict string

// Verdicts.
const (
	Reproduced    Verdict = "reproduced"
	NotReproduced Verdict = "not reproduced"
	Artefact      Verdict = "artefact of the method"
	Depends       Verdict = "depends"
	Unclear       Verdict = "cannot tell"
	NotRun        Verdict = "not run here"
)

// Verdicts in the order of a summary.
var Verdicts = []Verdict{Reproduced, NotReproduced, Artefact, Depends, Unclear, NotRun}

// Outcome of one test.
type Outcome int

// Outcomes.
const (
	Missing Outcome = iota // the run has no such measurement
	Holds
	Fails
	Open // cannot be told
)

// Finding is the outcome of one test.
type Finding struct {
	Measure
	Outcome  Outcome        // whether the test holds
	Estimate stats.Estimate // NaN where nothing was measured
	Why      string         // of a Missing or Open one
}

// Result is a claim with what became of it.
type Result struct {
	Claim
	// Verdict follows from the outcomes of all findings by the rule of Judge.
	Verdict Verdict
	Found   []Finding // by Tests
	Honest  []Finding // by Claim.Honest
}

// OfPattern reports whether goroutines of the pattern were measured for it.
func (r Result) OfPattern() bool {
	return slices.ContainsFunc(r.Found, func(f Finding) bool { return f.Metric == OwnGoroutines && f.Outcome != Missing })
}

// Source hands out the values of a metric by block. why says what is missing if there
// are none; mark says why the values may not be judged.
type Source interface {
	Values(c Subject, metric string) (byBlock map[int]float64, mark, why string)
}

// Judge holds every claim against a source.
func Judge(claims []Claim, from Source) []Result {
	var all []Result
	for _, c := range claims {
		r := Result{Claim: c}
		for _, m := range c.Tests {
			r.Found = append(r.Found, c.test(m, from))
		}
		for _, m := range c.Honest {
			r.Honest = append(r.Honest, c.test(m, from))
		}
		r.Verdict = verdict(r)
		all = append(all, r)
	}
	return all
}

// verdict applies the rule of the package comment.
func verdict(r Result) Verdict {
	has := func(f []Finding, o Outcome) bool {
		return slices.ContainsFunc(f, func(x Finding) bool { return x.Outcome == o })
	}
	holds, fails := has(r.Found, Holds), has(r.Found, Fails)
	switch {
	case !holds && !fails && !has(r.Found, Open):
		return NotRun
	case holds && fails:
		return Depends
	case fails:
		return NotReproduced
	case has(r.Found, Open):
		return Unclear
	case has(r.Honest, Fails):
		return Artefact
	}
	return Reproduced
}

// test measures and decides.
func (c Claim) test(m Measure, from Source) Finding {
	f := Finding{Measure: m}
	var mark string
	f.Estimate, mark, f.Why = m.estimate(from)
	switch {
	case f.Why != "":
		f.Outcome = Missing
	case mark != "":
		f.Outcome, f.Why = Open, mark
	case f.Estimate.N < stats.FewestValues:
		f.Outcome, f.Why = Open, fmt.Sprintf("fewer than %d blocks have no 95 %% interval", stats.FewestValues)
	case !f.Estimate.Bounded():
		f.Outcome, f.Why = Open, "values of zero or beyond the time-out have no ratio and no difference"
	case c.Order:
		f.Outcome = order(f.Estimate, m)
	default:
		f.Outcome = number(f.Estimate, c.Want, c.tolerance)
	}
	if f.Outcome == Open && f.Why == "" {
		f.Why = "the interval reaches across the limit"
		if m.Metric == OwnGoroutines {
			f.Why = "which goroutines are the pattern's, and which the server's, is not known that closely"
		}
	}
	return f
}

// order decides whether the first subject has more than the second.
func order(e stats.Estimate, m Measure) Outcome {
	equal := 1.0
	if m.Kind == Difference {
		equal = 0
	}
	switch {
	case e.High < equal+units.Margin(m.Metric):
		return Fails
	case e.Low > equal:
		return Holds
	}
	return Open
}

// tolerance is the width of the band around one end of what is claimed, in the claim's
// unit.
func (c Claim) tolerance(end float64) float64 {
	if units.IsShare(c.Unit) {
		return max(ShareTolerance, Tolerance*min(end, 1-end))
	}
	return Tolerance * math.Abs(end)
}

// number decides whether an estimate reproduces a number, a range or a bound.
func number(e stats.Estimate, want Range, tolerance func(float64) float64) Outcome {
	if want.Bound() {
		switch {
		case e.Low > want.Low:
			return Holds
		case e.High <= want.Low:
			return Fails
		}
		return Open
	}
	low, high := want.Low-tolerance(want.Low), want.High+tolerance(want.High)
	contains := e.Low <= want.High && e.High >= want.Low
	switch {
	case e.High < low || e.Low > high:
		return Fails
	case e.Low >= low && e.High <= high:
		return Holds
	case contains && e.High-e.Low <= high-low:
		return Holds
	}
	return Open
}
