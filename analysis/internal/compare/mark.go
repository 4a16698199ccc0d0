package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Limits of the marks.
const (
	PopulationLimit = 0.01 // difference of rejection or error ratios
	ShareLimit      = 0.05 // of the generator's own delay in a latency
)

// limitConcerns reports whether a figure of a trial may belong to the generator, and not
// to the server, because the generator limited the load. That holds for every figure of the
// load and of what the server used for it, because the server got less work than was
// planned. It does not hold for the share of errors, because no generator makes wrong
// answers.
//
// A generator that was only delayed sent everything. Of its trial, the figures are
// concerned that the delay is a part of: the latencies of an open load in which its share
// is large, or not known, and the share within the objective, by its share in the p99.
// In a closed load, a latency begins when the request is sent.
func limitConcerns(f *load.Facts, unit string) bool {
	m := units.Of(unit)
	if o, ok := m.Outcome(); !f.Limited || ok && o == results.Error {
		return false
	}
	if !f.Delayed {
		return true
	}
	within := m.Unit == "within-slo-ratio"
	if within {
		unit = "p99-sec"
	}
	share, known := f.Shares[unit]
	return f.Open && (within || m.Headline) && !(known && share <= ShareLimit)
}

// forbid adds a mark to the row.
func (r *Row) forbid(kind, side, format string, args ...any) {
	r.forbidIn(nil, kind, side, format, args...)
}

// forbidIn marks the row in some blocks, or in all if there are none.
func (r *Row) forbidIn(blocks []int, kind, side, format string, args ...any) {
	bias := biases[kind]
	if kind == Missing && strings.HasPrefix(r.Name, "HTTP/") {
		bias = Flatters // what was not answered has no latency
	}
	r.Marks = append(r.Marks, Mark{kind, side, blocks, bias, kind + ": " + fmt.Sprintf(format, args...)})
}

// mark adds the marks that forbid a verdict on the row. Either may be nil.
func (r *Row) mark(b, h *samples) {
	if b != nil && h != nil {
		r.setup(b.column, h.column)
		r.population(b.column, h.column)
		r.answered(b.column, h.column)
	}
	quantile := units.Quantile(r.Unit) > 0
	for _, side := range []struct {
		label string
		*samples
	}{{r.Base.Label, b}, {r.Head.Label, h}} {
		if side.samples == nil {
			continue
		}
		if without := side.results - len(side.values); without > 0 {
			r.forbidIn(side.missing(), Missing, side.label, "%s has no %s in %d of %d %s", side.label, r.Unit, without, side.results, side.noun())
		}
		f := Sum(side.facts)
		if quantile && f.Saturated > 0 {
			r.forbidIn(side.saturated(), Saturated, side.label, "%s fell behind its schedule in %d of %d trials", side.label, f.Saturated, f.Trials)
		}
		if need := units.MinValues(r.Unit); side.fewest() < need {
			r.forbid(FewValues, side.label, "%s has a trial with %d, and %s needs %d", side.label, side.fewest(), strings.TrimSuffix(r.Unit, "-sec"), need)
		}
		limited, delayed := side.limited(r.Unit)
		if len(limited) > 0 {
			r.forbidIn(limited, Limited, side.label, "the load generator was the limit in %d of %d trials of %s", len(limited), f.Trials, side.label)
		}
		if len(delayed) > 0 {
			r.forbidIn(delayed, Delayed, side.label, "something else kept the load generator from running in %d of %d trials of %s", len(delayed), f.Trials, side.label)
		}
		if share := f.Share(r.Unit); share > ShareLimit {
			r.forbid(GeneratorShare, side.label, "%.1f %% of %s's %s is the load generator's own delay", 100*share, side.label, strings.TrimSuffix(r.Unit, "-sec"))
		}
	}
}

// missing returns the blocks of results without the unit.
func (c *samples) missing() []int {
	has := make(map[int]bool, len(c.lines))
	for _, line := range c.lines {
		has[line] = true
	}
	var blocks []int
	for _, b := range c.outcomes {
		if !has[b.line] {
			blocks = append(blocks, b.block)
		}
	}
	return blocks
}

// saturated returns the blocks of trials in which the server fell behind.
func (c *samples) saturated() []int {
	var blocks []int
	for i, f := range c.facts {
		if f.Saturated {
			blocks = append(blocks, c.blocks[i])
		}
	}
	return blocks
}

// limited returns the blocks of trials in which the generator was the limit of a figure,
// and of those in which it was so because it was delayed.
func (c *samples) limited(unit string) (limited, delayed []int) {
	for i, f := range c.facts {
		switch {
		case !limitConcerns(f, unit):
		case f.Delayed:
			delayed = append(delayed, c.blocks[i])
		default:
			limited = append(limited, c.blocks[i])
		}
	}
	return limited, delayed
}

// setup marks a row whose two inputs were made in different ways.
func (r *Row) setup(b, h *column) {
	for _, u := range slices.Concat(b.unequal, h.unequal) {
		known := func(m Mark) bool { return m.Text == OtherSetup+": "+u.What }
		if (u.Unit == "" || u.Unit == r.Unit) && !slices.ContainsFunc(r.Marks, known) {
			r.forbid(OtherSetup, "", "%s", u.What)
		}
	}
}

// compareSetup notes whether a result of the column came from a setup that the two
// inputs do not share.
func (c *column) compareSetup(unequal []load.Unequal, name benchfmt.Name) {
	if len(unequal) == 0 {
		return
	}
	_, parts := name.Parts()
	has := func(part string) bool {
		return slices.ContainsFunc(parts, func(p []byte) bool { return string(p) == part })
	}
	for _, u := range unequal {
		if has("/scenario="+u.Scenario) && has("/variant="+u.Variant) && !slices.Contains(c.unequal, u) {
			c.unequal = append(c.unequal, u)
		}
	}
}

// fewest returns the smallest number of values behind the quantiles of a result. Go
// benchmarks have no quantiles; for them it returns the largest possible number.
func (c *samples) fewest() uint64 {
	switch {
	case len(c.facts) > 0:
		return Sum(c.facts).Values
	case len(c.behind) > 0:
		return slices.Min(c.behind)
	}
	return math.MaxUint64
}

// noun returns the word for a result among the samples.
func (c *samples) noun() string {
	if c.facts == nil {
		return "results"
	}
	return "trials"
}

// Facts summarises what the trials recorded.
type Facts struct {
	// Trials counts the trials that the facts are of, and Saturated those in which the
	// server fell behind its schedule.
	Trials, Saturated int
	Limited           int     // trials in which the load generator was the limit
	Delayed           int     // those of them in which something else kept it from running
	Values            uint64  // number of values in the trial with the fewest
	GeneratorShare    float64 // in the p99, median over trials, NaN if no trial has one

	shares map[string]float64 // by unit, medians over trials
	of     []*load.Facts
}

// LimitedIn counts the trials in which a figure may belong to the generator, and not to
// the server, because the generator limited the load.
func (f Facts) LimitedIn(unit string) (n int) {
	for _, t := range f.of {
		if limitConcerns(t, unit) {
			n++
		}
	}
	return n
}

// DelayedIn counts those trials of LimitedIn in which something else kept the generator
// from running.
func (f Facts) DelayedIn(unit string) (n int) {
	for _, t := range f.of {
		if t.Delayed && limitConcerns(t, unit) {
			n++
		}
	}
	return n
}

// Share returns the part that the generator's own delay has in a metric of the headline
// latency, as the median over trials. It is NaN where nothing is known of that.
func (f Facts) Share(unit string) float64 {
	if v, ok := f.shares[unit]; ok {
		return v
	}
	return math.NaN()
}

// Sum summarises facts.
func Sum(facts []*load.Facts) Facts {
	s := Facts{Trials: len(facts), GeneratorShare: math.NaN(), of: facts}
	var shares []float64
	byUnit := map[string][]float64{}
	for i, f := range facts {
		if f.Saturated {
			s.Saturated++
		}
		if f.Limited {
			s.Limited++
		}
		if f.Limited && f.Delayed {
			s.Delayed++
		}
		for unit, share := range f.Shares {
			byUnit[unit] = append(byUnit[unit], share)
		}
		if i == 0 || f.Values < s.Values {
			s.Values = f.Values
		}
		if f.GeneratorShare != nil {
			shares = append(shares, *f.GeneratorShare)
		}
	}
	if len(shares) > 0 {
		s.GeneratorShare = stats.Median(shares).Center
	}
	s.shares = make(map[string]float64, len(byUnit))
	for unit, all := range byUnit {
		s.shares[unit] = stats.Median(all).Center
	}
	return s
}

// family decides which rows the row is adjusted together with.
func (r *Row) family(open bool) {
	switch {
	case strings.HasPrefix(r.Name, "HTTP/"):
		if units.Primary(r.Unit, open) {
			r.Family = FamilyHTTP
		}
	case r.Better != units.Unknown:
		r.Family = FamilyMicro
	}
}
