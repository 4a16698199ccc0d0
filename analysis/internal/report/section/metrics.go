package section

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// total is a number of a trial that is no figure of bench.txt.
type total struct {
	words string
	of    func(s *results.StreamResult) float64
}

// totals are named as in the results table of the reference study.
func totals() []total {
	all := []total{
		{"requests", func(s *results.StreamResult) float64 { return float64(s.Outcomes.Total()) }},
		{"successful", func(s *results.StreamResult) float64 { return float64(s.Outcomes.OK) }},
	}
	// An outcome gets its row from the table of metrics, so a new outcome needs no
	// change here.
	for _, m := range results.Metrics() {
		if o, ok := m.Outcome(); ok {
			all = append(all, total{m.Label, func(s *results.StreamResult) float64 { return float64(s.Outcomes.Of(o)) }})
		}
	}
	return append(all, total{"duration of the window, s", func(s *results.StreamResult) float64 { return s.Window.Seconds() }})
}

// allUnits is the order of figures in the full table.
var allUnits = []string{
	"req/s", "goodput/s", "mean-sec", "p50-sec", "p90-sec", "p95-sec", "p99-sec", "p99.9-sec", "max-sec",
	"error-ratio", "reject-ratio", "timeout-ratio", "within-slo-ratio",
}

// metricRows collects the rows of the table of all metrics: a column per variant.
type metricRows struct {
	table.Table
	variants []*measured.Variant
	missing  bool // a cell has no number
}

// add adds a row with the text of every variant.
func (m *metricRows) add(label string, text func(v *measured.Variant) string) {
	row := []string{label}
	for _, v := range m.variants {
		cell := text(v)
		m.missing = m.missing || cell == format.None
		row = append(row, cell)
	}
	m.Add(row...)
}

// allMetrics has a row per metric, because there are many, and a column per
// variant.
func allMetrics(p *page.Page, g *measured.Group) {
	s := g.Scenario
	rows := &metricRows{Table: table.Table{Head: []string{"metric"}}, variants: g.Variants}
	for _, v := range g.Variants {
		rows.Head = append(rows.Head, "`"+v.Variant+"`")
	}
	for _, total := range totals() {
		rows.add(total.words, func(v *measured.Variant) string {
			return format.Plain.Estimate(v.Sampled(func(t load.Trial) (float64, bool) { return total.of(t.Stream), true }))
		})
	}
	marks := map[string]bool{}
	for _, u := range unitsOf(g) {
		// The minimum stands before the mean and the quantiles, in the order of size.
		if u == "mean-sec" {
			minimumRow(rows)
		}
		sc := format.ScaleOf(u, s.Estimates(u))
		rows.add(labelled(u, sc), func(v *measured.Variant) string { return medianText(v, sc, u, marks) })
	}
	// Readers who know other tools expect a quantile over all requests. It is shown,
	// and marked as the answer to another question.
	pooledRow(rows, s, "p50", 0.50)
	pooledRow(rows, s, "p99", 0.99)
	p.Line("Latencies are %s of answers that were successful or timed out; refusals and errors are counted, not timed here.\n", words.Latency(g.Open()))
	p.Table(&rows.Table)
	footnotes(p, s, marks, rows.missing)
	p.Line("<sub>ᵃ Another question than the median over trials: trials with more requests weigh more. Intervals by resampling blocks: nominally 95 %%, in simulation about 90 %% at n = 10. Not judged.</sub>\n")
}

// minimumRow adds the shortest latency, which bench.txt does not have.
func minimumRow(rows *metricRows) {
	minimum := func(v *measured.Variant) stats.Estimate {
		return v.Sampled(func(t load.Trial) (float64, bool) {
			// Bundles hold nanoseconds, and pages are computed in seconds.
			if ns := t.Stream.Headline.Min; ns != nil {
				return *ns / 1e9, true
			}
			return 0, false
		})
	}
	var all []float64
	for _, v := range rows.variants {
		all = append(all, minimum(v).Center)
	}
	sc := format.ScaleOf("mean-sec", all)
	rows.add("minimum, "+sc.Unit, func(v *measured.Variant) string { return sc.Estimate(minimum(v)) })
}

// pooledRow adds a quantile over the requests of all trials together.
func pooledRow(rows *metricRows, s *measured.Scenario, name string, share float64) {
	unit := name + "-sec"
	sc := format.ScaleOf(unit, s.Estimates(unit))
	rows.add(name+" over all requests, "+sc.Unit+" ᵃ", func(v *measured.Variant) string {
		// The resampling is seeded with the values themselves: the same bundle gives
		// the same interval.
		return sc.Estimate(stats.Pooled(v.Pooled, share, stats.Seed([][]float64{v.Values(unit)})))
	})
}

// labelled is the name of a unit with the unit in which a table prints it.
func labelled(unit string, sc format.Scale) string {
	return strings.TrimSuffix(words.Metric(unit)+", "+sc.Unit, ", ")
}

// unitsOf are all units that a group has: those of allUnits, and then the rest by
// name.
func unitsOf(g *measured.Group) []string {
	units := slices.DeleteFunc(slices.Clone(allUnits), func(u string) bool { return !g.Has(u) })
	var rest []string
	for _, v := range g.Variants {
		for u := range v.Medians {
			// A share of several outcomes is the sum of rows that the table has.
			m, _ := results.MetricByUnit(u)
			if len(m.Outcomes) < 2 && !slices.Contains(units, u) && !slices.Contains(rest, u) {
				rest = append(rest, u)
			}
		}
	}
	// The rest comes from a map, which has no order.
	slices.Sort(rest)
	return append(units, rest...)
}
