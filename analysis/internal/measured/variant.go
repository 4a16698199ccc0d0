package measured

import (
	"slices"
	"time"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// ShareWarning is the share of the generator's own delay in the p99 response above
// which a variant's latencies are warned about. Above five per cent they are not
// judged at all.
const ShareWarning = 0.02

// Group is the variants that compare with each other, because they ran under one
// matrix cell and stream. The first is the base.
type Group struct {
	// Scenario is the one that the group belongs to.
	Scenario *Scenario
	Label    string         // matrix cell and stream, empty if the scenario has one only
	Key      string         // unique in a report: the start of plots' names
	Stream   results.Stream // the load of the first variant
	Warmup   time.Duration  // before the window
	// Variants are at least one, in the order of the scenario.
	Variants []*Variant
}

// Has reports whether some variant has a value of a unit.
func (g *Group) Has(unit string) bool {
	return slices.ContainsFunc(g.Variants, func(c *Variant) bool { return c.Medians[unit].N > 0 })
}

// Nonzero reports whether some variant has a value of a unit above zero.
func (g *Group) Nonzero(unit string) bool {
	return slices.ContainsFunc(g.Variants, func(c *Variant) bool { return c.Medians[unit].High > 0 || c.Medians[unit].Center > 0 })
}

// Variant is one variant of a group: its trials under one matrix cell and stream,
// with everything that is computed from them.
type Variant struct {
	load.Cell
	rowName string // row key in comparisons, without the variant
	Slot    int    // colour, the same on the whole page
	AAOf    string // the original, if the variant is an A/A copy
	Control bool   // the variant is the positive control
	// Facts sum up what may be concluded from the trials.
	Facts   compare.Facts
	Medians map[string]stats.Estimate // over trials, by unit
	Curve   []Quantile                // headline latency by percentile
	Parts   map[string]Ledger         // by the names of LedgerParts
	Time    *Timeline                 // by second; nil if the trials have no log
	Pooled  []stats.Counts            // the headline of every trial, for percentiles over all requests
	Uneven  int                       // trials whose latency changes level inside the window

	// Targets is what the variant did under each target of the stream, in the order of the
	// scenario; empty if there are no results by target. Of these variants only the cell,
	// the facts and the medians are set.
	Targets []*Variant

	Recovery *Recovery // nil if the load has no spike
}

// Open reports whether the variant ran under an open load.
func (v *Variant) Open() bool { return v.Trials[0].Facts.Open }

// Primary is the unit of the metric that stands for the variant: the median response
// time of an open load, the goodput of a closed one.
func (v *Variant) Primary() string {
	if v.Open() {
		return "p50-sec"
	}
	return "goodput/s"
}

// Sampled is the median over trials of a number that bench.txt does not have. Trials
// for which value returns false are left out.
func (v *Variant) Sampled(value func(t load.Trial) (float64, bool)) stats.Estimate {
	var values []float64
	for _, t := range v.Trials {
		if x, ok := value(t); ok {
			values = append(values, x)
		}
	}
	return stats.Median(values)
}

// Open reports whether the load is open. All variants of a group have the same load.
func (g *Group) Open() bool { return g.Variants[0].Open() }

// Burst reports whether the load is bounded by a count, so that it has no steady
// state.
func (g *Group) Burst() bool {
	return g.Stream.Model == results.ModelClosed && g.Stream.Duration == 0
}

// Story reports whether what the server used over time is the point of a group:
// its load has a spike, or its scenario has further servers, such as a database.
func (g *Group) Story() bool {
	return len(g.Scenario.Spec.Servers) > 1 || g.Variants[0].Recovery != nil
}

// Candidates are the variants that may be chosen: all but A/A copies and positive
// controls.
func (g *Group) Candidates() (all []*Variant) {
	for _, v := range g.Variants {
		if v.AAOf == "" && !v.Control {
			all = append(all, v)
		}
	}
	return all
}
