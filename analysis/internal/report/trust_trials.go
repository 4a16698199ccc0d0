package report

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// generatorCheck is about open load, in which the generator's own delay is part
// of every response.
func generatorCheck(o *measured.Bundles) check {
	var lag, handling []float64
	// Share is the largest part of a p99 response that is the generator's own delay. It
	// stays NaN if no trial recorded it, and a comparison with NaN is false.
	share := math.NaN()
	// The share stays small if the requests that were sent late are not the slowest ones.
	// Even then, a generator that was the limit deserves a caution.
	limited := false
	for _, s := range o.Scenarios {
		for _, g := range s.Groups {
			for _, c := range g.Variants {
				if e, ok := c.Medians["lag-p99-sec"]; ok {
					lag = append(lag, e.Center)
				}
				if e, ok := c.Medians["handling-p99-sec"]; ok {
					handling = append(handling, e.Center)
				}
				limited = limited || c.Open() && c.Facts.Limited > c.Facts.Delayed
				if x := c.Facts.GeneratorShare; !math.IsNaN(x) && !(share >= x) {
					share = x
				}
			}
		}
	}
	// A closed load has no schedule, and so no lag.
	if len(lag) == 0 {
		return check{}
	}
	verdict := good
	if share > measured.ShareWarning || limited {
		verdict = caution
	}
	sc := format.ScaleOf("lag-p99-sec", lag)
	figure := fmt.Sprintf("p99 at most %s %s; at most %s of a p99 response", sc.Value(worst(lag)), sc.Unit, format.Percent(share))
	if len(handling) > 0 {
		sc := format.ScaleOf("handling-p99-sec", handling)
		figure += fmt.Sprintf("; an answer that had come waited for the generator (handling) for a p99 of at most %s %s", sc.Value(worst(handling)), sc.Unit)
	}
	if limited {
		figure += "; the generator was the limit in some trials"
	}
	return check{"generator lag", figure, verdict}
}

// limitCheck counts the trials in which the generator, and not the server, was the
// limit. Nothing is said of it if there are none.
func limitCheck(o *measured.Bundles) check {
	trials, limited, delayed := 0, 0, 0
	for _, s := range o.Scenarios {
		for _, g := range s.Groups {
			for _, c := range g.Variants {
				trials += c.Facts.Trials
				limited += c.Facts.Limited
				delayed += c.Facts.Delayed
			}
		}
	}
	if limited == 0 {
		return check{}
	}
	figure := fmt.Sprintf("the generator, and not the server, was the limit in %d of %s", limited, words.Plural(trials, "trial"))
	if delayed > 0 {
		figure += fmt.Sprintf("; in %d of them it was late although it had time to spare: end other programs", delayed)
	}
	if limited > delayed {
		figure += "; lower the load, or give the generator more CPUs"
	}
	return check{"generator limit", figure, caution}
}

// aaCheck looks at identical copies: whatever differs between them is noise.
func aaCheck(o *measured.Bundles) check {
	found, fired := 0, 0
	largest := 0.0
	var names []string
	for _, s := range o.Scenarios {
		if len(s.AA) > 0 {
			names = append(names, s.Spec.Name)
		}
		for i := range s.AA {
			r := &s.AA[i]
			// Rows outside the families are not adjusted for their number: some of them
			// differ by chance alone.
			if r.Family == "" {
				continue
			}
			found++
			if r.Verdict == effect.Better || r.Verdict == effect.Worse {
				fired++
			}
			if !r.Difference && !math.IsNaN(r.Effect.Center) {
				largest = max(largest, math.Abs(r.Effect.Center-1))
			}
		}
	}
	switch {
	case found == 0:
		return check{"noise (A/A)", "no variant was measured twice", unknown}
	case fired > 0:
		return check{"noise (A/A)", fmt.Sprintf("%d of %d comparisons of a variant with itself show a difference", fired, found), caution}
	}
	return check{"noise (A/A)", fmt.Sprintf("a variant of %s compared with itself: no difference; largest estimate %s %%. This vouches for no other load", words.List(names), format.Fixed(100*largest, 1)), good}
}

// driftLevel is the largest p-value of a test for drift that is a caution.
const driftLevel = 0.01

// driftCheck looks for a trend and for a step of a cell's metric over the run.
func driftCheck(o *measured.Bundles) check {
	found, drifting, short := 0, 0, 0
	fewest := stats.FewestForStep(driftLevel)
	for _, s := range o.Scenarios {
		for _, g := range s.Groups {
			for _, c := range g.Variants {
				v := c.Values(c.Primary())
				if len(v) < stats.FewestValues {
					continue
				}
				found++
				if len(v) < fewest {
					short++
				}
				// Two tests on every row double the chance of a false alarm, which is
				// why their level is stricter than that of the comparisons. Values are
				// in the order of the run.
				if min(stats.Step(v), stats.Trend(v)) <= driftLevel {
					drifting++
				}
			}
		}
	}
	unseen := ""
	if short > 0 {
		unseen = fmt.Sprintf("; %d of them have fewer than %d blocks, in which no step can be proven", short, fewest)
	}
	switch {
	case found == 0:
		return check{}
	case drifting > 0:
		return check{"drift", fmt.Sprintf("%d of %s change over the run (tests for a trend and for a step, p ≤ 0.01%s); blocks keep this out of the comparisons", drifting, words.Plural(found, "row"), unseen), caution}
	case short == found:
		return check{"drift", fmt.Sprintf("no trend over the run in any of %s; a step cannot be proven in fewer than %d blocks", words.Plural(found, "row"), fewest), unknown}
	}
	return check{"drift", fmt.Sprintf("no trend and no step over the run in any of %s (p > 0.01)%s", words.Plural(found, "row"), unseen), good}
}

// saturationCheck counts the trials of open load that fell behind their schedule.
func saturationCheck(o *measured.Bundles) check {
	open, saturated := 0, 0
	for _, s := range o.Scenarios {
		for _, g := range s.Groups {
			for _, c := range g.Variants {
				// Only an open load has a schedule to fall behind.
				if c.Open() {
					open += c.Facts.Trials
					saturated += c.Facts.Saturated
				}
			}
		}
	}
	switch {
	case len(o.Scenarios) == 0:
		return check{} // a search seeks saturation
	case open == 0:
		return check{"saturation", "closed loops only: they slow down instead of falling behind", good}
	case saturated > 0:
		return check{"saturation", fmt.Sprintf("%d of %s fell behind their schedule", saturated, words.Plural(open, "open trial")), caution}
	}
	return check{"saturation", fmt.Sprintf("none of %s fell behind its schedule", words.Plural(open, "open trial")), good}
}
