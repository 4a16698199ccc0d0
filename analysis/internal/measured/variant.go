package measured

import (
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// ShareWarning is the share of the generator's own delay in the p99 response above
// which a variant's latencies are warned about. Above five per cent they are not
// judged at all.
const ShareWarning = 0.02

// Group are the cells that compare with each other: one per variant, under one
// matrix cell and stream. The first is the base.
type Group struct {
	Scenario *Scenario
	Label    string // matrix cell and stream, empty if there is one only
	Key      string // unique on the page: part of plots' names
	Stream   results.Stream
	Variants []*Variant
}

func (g *Group) Has(unit string) bool {
	return slices.ContainsFunc(g.Variants, func(c *Variant) bool { return c.Medians[unit].N > 0 })
}

func (g *Group) Nonzero(unit string) bool {
	return slices.ContainsFunc(g.Variants, func(c *Variant) bool { return c.Medians[unit].High > 0 || c.Medians[unit].Center > 0 })
}

// Variant is one variant of a group: its trials under one matrix cell and stream,
// with everything that is computed from them.
type Variant struct {
	load.Cell
	rowName string // row key in comparisons, without the variant
	Slot    int    // colour
	AAOf    string
	Control bool
	Facts   compare.Facts
	Medians map[string]stats.Estimate
	Curve   []Quantile // latency by percentile
	Parts   map[string]Ledger
	Time    *Timeline
	Pooled  []stats.Counts // the headline of every trial, for percentiles over all requests
	Uneven  int            // trials whose latency changes level inside the window

	Recovery *Recovery // nil if the load has no spike
}

func (c *Variant) Open() bool { return c.Trials[0].Facts.Open }

// Primary is the metric that stands for a cell.
func (c *Variant) Primary() string {
	if c.Open() {
		return "p50-sec"
	}
	return "goodput/s"
}

// Sampled is a median over trials of a number that is no figure of bench.txt.
func (c *Variant) Sampled(value func(t load.Trial) (float64, bool)) stats.Estimate {
	var values []float64
	for _, t := range c.Trials {
		if x, ok := value(t); ok {
			values = append(values, x)
		}
	}
	return stats.Median(values)
}

// Open reports whether the load of a group is open: all of its variants have the
// same.
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
