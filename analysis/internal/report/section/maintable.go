package section

import (
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// mainUnits are the columns of a scenario's first two tables: what users meet, and what
// the server did for it. One table of all would be wider than a screen.
var mainUnits = [2][]string{
	{"goodput/s", "p50-sec", "p99-sec", "within-slo-ratio", "reject-ratio", "error-ratio", "timeout-ratio"},
	{"req/s", "peak-goroutines", "peak-RSS-bytes", "PSS-bytes"},
}

// mainTable has a table with one row per variant for each set of mainUnits.
func mainTable(p *page.Page, g *measured.Group) {
	heading(p, g, "Medians")
	marks := map[string]bool{}
	missing := false
	for _, set := range mainUnits {
		missing = medians(p, g, set, marks) || missing
	}
	footnotes(p, g.Scenario, marks, missing)
}

// medians writes one table, and reports whether it has a cell without a number. A unit
// that no variant has is no column. Marks of cells are added to marks.
func medians(p *page.Page, g *measured.Group, set []string, marks map[string]bool) (missing bool) {
	s := g.Scenario
	t := table.Table{Head: []string{"variant"}}
	var shown []string
	for _, u := range set {
		if !hasColumn(g, u) {
			continue
		}
		shown = append(shown, u)
	}
	if len(shown) == 0 {
		return false
	}
	// The scale follows from the medians of the whole scenario, and not of this group
	// alone, so that the tables of a scenario have the same units.
	scales := map[string]format.Scale{}
	for _, u := range shown {
		scales[u] = format.ScaleOf(u, s.Estimates(u))
		// "Response" or "service" stands in the header itself, because the two are
		// different questions and readers copy tables without the text around them.
		head := words.Metric(u)
		if units.IsLatency(u) {
			head = strings.TrimSuffix(words.Latency(g.Open()), " time") + " " + head
		}
		t.Head = append(t.Head, strings.TrimSuffix(head+", "+scales[u].Unit, ", "))
	}
	for _, c := range g.Variants {
		row := []string{"`" + c.Variant + "`"}
		for _, u := range shown {
			text := medianText(c, scales[u], u, marks)
			missing = missing || text == format.None
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.Table(&t)
	return missing
}

// hasColumn reports whether a unit is a column of the tables. Time-outs are one where
// there are any.
func hasColumn(g *measured.Group, unit string) bool {
	return g.Has(unit) && (unit != "timeout-ratio" || g.Nonzero(unit))
}

// medianText is a variant's median with its interval and its marks, which are
// added to marks. A saturated quantile has no interval: the median of numbers that grow
// with the length of the trial estimates nothing. Neither has a figure of trials that the
// generator limited, which is not the server's. If something else kept the generator from
// running in some trials, the median of all is hardly touched, and is marked.
func medianText(c *measured.Variant, sc format.Scale, unit string, marks map[string]bool) string {
	e := c.Medians[unit]
	text := sc.Estimate(e)
	if text == format.None {
		return text
	}
	if units.Quantile(unit) > 0 && c.Facts.Saturated > 0 {
		marks[format.Saturated] = true
		text = sc.Value(e.Center) + " " + format.Saturated
	}
	switch delayed := c.Facts.DelayedIn(unit); {
	case c.Facts.LimitedIn(unit) > delayed:
		marks[format.Limited] = true
		text = sc.Value(e.Center) + " " + format.Limited
	case delayed > 0:
		marks[format.Delayed] = true
		text += " " + format.Delayed
	}
	// A p99 of fewer than 1,000 values is the largest or the second largest of them,
	// and says little of the next thousand. Values is that of the trial with the
	// fewest.
	if need := units.MinValues(unit); need > 0 && c.Facts.Values < need {
		marks[format.Few] = true
		text += " " + format.Few
	}
	return text
}

// footnotes explains the numbers and the marks of a table of medians. missing says that
// the table has a cell without a number.
func footnotes(p *page.Page, s *measured.Scenario, marks map[string]bool, missing bool) {
	lowest, highest, confidence := s.TrialCounts()
	n := fmt.Sprintf("n = %d", lowest)
	if highest != lowest {
		n = fmt.Sprintf("n = %d to %d", lowest, highest)
	}
	if math.IsNaN(confidence) {
		// The confidence is what the order statistics reach with this number of trials.
		// It is printed because it is seldom exactly 95 %.
		n += fmt.Sprintf(": medians over trials; below %d no 95 %% interval exists", stats.FewestValues)
	} else {
		n += fmt.Sprintf(", %s: medians over trials with order-statistic intervals; a bare number has an interval without width", format.Percent(confidence))
	}
	notes := []string{n + "."}
	for _, m := range []struct{ mark, text string }{
		{format.Few, "few values: a trial has fewer than 1,000 for a p99 (10,000 for a p99.9); not judged."},
		{format.Saturated, "saturated: the server fell behind its schedule, so the number grows with the length of the trial; no interval, not judged."},
		{format.Limited, "generator-limited: the load generator was the limit, and not the server; no interval, not judged. Lower the load, or give the generator more CPUs."},
	} {
		if marks[m.mark] {
			notes = append(notes, m.mark+" "+m.text)
		}
	}
	if marks[format.Delayed] {
		notes = append(notes, format.Delayed+" something else on the machine kept the load generator from running in some trials, and its delay is a part of their numbers.")
	}
	if missing {
		notes = append(notes, format.None+" not measured, or no such value in any trial.")
	}
	p.Line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
}
