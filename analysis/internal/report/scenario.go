package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// Marks of numbers that nothing may be concluded from.
const (
	markFew         = "‡"
	markSaturated   = "§"
	markPopulations = "†"
	markGenerator   = "¶"
	markMissing     = "◊"
)

// rowMarks are the marks of a comparison, in the order in which they are shown.
var rowMarks = []struct{ kind, mark, text string }{
	{compare.FewValues, markFew, "few values"},
	{compare.Saturated, markSaturated, "saturated"},
	{compare.Populations, markPopulations, "different populations: refusals or errors differ by more than one percentage point"},
	{compare.GeneratorShare, markGenerator, "generator share above 5 %"},
	{compare.Missing, markMissing, "some trials have no such value"},
}

// mainUnits are the columns of a scenario's first table.
var mainUnits = []string{"goodput/s", "req/s", "p50-sec", "p99-sec", "within-slo-ratio", "reject-ratio", "error-ratio", "timeout-ratio", "peak-goroutines", "peak-RSS-bytes"}

// scenario writes one section.
func (p *page) scenario(s *study) error {
	p.line("## %s\n", p.dated(s.spec.Name, s.run))
	if s.spec.Summary != "" {
		p.line("%s\n", s.spec.Summary)
	}
	for i, g := range s.groups {
		if g.label != "" {
			p.line("### %s: %s\n", s.spec.Name, g.label)
		}
		p.loadLine(s, g)
		p.mainTable(s, g)
		p.effects(s, g)
		if err := p.plots(s, i); err != nil {
			return err
		}
		if err := p.recovery(s, i); err != nil {
			return err
		}
		if err := p.usedPlots(s, i); err != nil {
			return err
		}
		if err := p.details(s, i); err != nil {
			return err
		}
	}
	if err := p.matrixPlots(s); err != nil {
		return err
	}
	if err := p.sizePlot(s); err != nil {
		return err
	}
	p.objectives(s)
	p.warnings(s.run, s.spec.Name, s.warnings())
	return nil
}

// dated is the name of a scenario, with its run if the page has several.
func (p *page) dated(name string, run *load.Run) string {
	if len(p.runs) < 2 {
		return name
	}
	return fmt.Sprintf("%s (%s, seed %d)", name, run.Manifest.Started.UTC().Format("2 January 2006"), run.Manifest.Seed)
}

func (p *page) loadLine(s *study, g group) {
	text := "Load: " + loadWords(g.load, s.spec.Warmup) + "."
	if isBurst(g.load) {
		text += " **Burst: no steady state.** The load ends with its last request, so rates depend on its length."
	}
	if !g.cells[0].open() {
		text += " Closed loop: a client waits for its answer before it sends again, so latency is service time only and hides how long a user would have waited for a slow server."
	}
	p.line("%s\n", text)
	for _, srv := range s.spec.Servers {
		if srv.URL != "" {
			p.line("**Not restarted: trials are dependent.** The server `%s` ran before the measurement and through all of it.\n", srv.URL)
		}
	}
}

// mainTable has one row per variant. A unit that no variant has is no column.
func (p *page) mainTable(s *study, g group) {
	t := table.Table{Head: []string{"variant"}}
	var units []string
	for _, u := range mainUnits {
		// Time-outs get a column where there are any.
		if !g.has(u) || u == "timeout-ratio" && !g.any(u) {
			continue
		}
		units = append(units, u)
	}
	scales := map[string]scale{}
	for _, u := range units {
		scales[u] = scaleOf(u, s.estimates(u))
		head := words(u)
		if metric.IsLatency(u) {
			head = strings.TrimSuffix(latencyWord(g.cells[0].open()), " time") + " " + head
		}
		if scales[u].unit != "" {
			head += ", " + scales[u].unit
		}
		t.Head = append(t.Head, head)
	}
	marks := map[string]bool{}
	missing := false
	for _, c := range g.cells {
		row := []string{"`" + c.Variant + "`"}
		for _, u := range units {
			text := c.text(scales[u], u, marks)
			missing = missing || text == none
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.markdown(&t)
	p.footnotes(s, marks, missing)
}

func (g group) has(unit string) bool {
	return slices.ContainsFunc(g.cells, func(c cell) bool { return c.medians[unit].N > 0 })
}

func (g group) any(unit string) bool {
	return slices.ContainsFunc(g.cells, func(c cell) bool { return c.medians[unit].High > 0 || c.medians[unit].Center > 0 })
}

// text is a cell's median with its interval and its marks, which are noted in
// marks. A saturated quantile has no interval: the median of numbers that grow
// with the length of the trial estimates nothing.
func (c cell) text(sc scale, unit string, marks map[string]bool) string {
	e := c.medians[unit]
	text := sc.estimate(e)
	if text == none {
		return text
	}
	if metric.Quantile(unit) > 0 && c.facts.Saturated > 0 {
		marks[markSaturated] = true
		text = sc.value(e.Center) + " " + markSaturated
	}
	if need := metric.MinValues(unit); need > 0 && c.facts.Values < need {
		marks[markFew] = true
		text += " " + markFew
	}
	return text
}

func (p *page) footnotes(s *study, marks map[string]bool, missing bool) {
	lowest, highest, confidence := s.trials()
	n := fmt.Sprintf("n = %d", lowest)
	if highest != lowest {
		n = fmt.Sprintf("n = %d to %d", lowest, highest)
	}
	if math.IsNaN(confidence) {
		n += fmt.Sprintf(": medians over trials; below %d no 95 %% interval exists", fewestBlocks)
	} else {
		n += fmt.Sprintf(", %s: medians over trials with order-statistic intervals; a bare number has an interval without width", percent(confidence))
	}
	notes := []string{n + "."}
	for _, m := range []struct{ mark, text string }{
		{markFew, "few values: a trial has fewer than 1,000 for a p99 (10,000 for a p99.9); not judged."},
		{markSaturated, "saturated: the server fell behind its schedule, so the number grows with the length of the trial; no interval, not judged."},
		{markPopulations, "different populations: refusals or errors differ by more than one percentage point, so these are latencies of different requests; not judged."},
		{markGenerator, "the load generator's own delay is more than 5 % of the p99; not judged."},
	} {
		if marks[m.mark] {
			notes = append(notes, m.mark+" "+m.text)
		}
	}
	if missing {
		notes = append(notes, none+" not measured, or no such value in any trial.")
	}
	p.line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
}

// effectUnits are the rows of the table of effects, primary or not.
var effectUnits = []string{"goodput/s", "req/s", "p50-sec", "p99-sec", "p99.9-sec", "within-slo-ratio", "server-cpu-sec/op", "server-allocs/op", "peak-goroutines", "peak-RSS-bytes"}

// effects sets every other variant beside the first.
func (p *page) effects(s *study, g group) {
	base := g.cells[0]
	others := slices.DeleteFunc(slices.Clone(g.cells[1:]), func(c cell) bool {
		return !slices.ContainsFunc(effectUnits, func(u string) bool { return s.row(c, u) != nil })
	})
	if len(others) == 0 {
		return
	}
	t := table.Table{Head: []string{"against `" + base.Variant + "`"}}
	for _, c := range others {
		t.Head = append(t.Head, "`"+c.Variant+"`")
	}
	marks := map[string]bool{}
	for _, u := range effectUnits {
		row := []string{words(u)}
		if metric.Primary(u, base.open()) {
			row[0] = "**" + row[0] + "**"
		}
		here := map[string]bool{} // marks of this row
		found := false
		for _, c := range others {
			r := s.row(c, u)
			found = found || r != nil && r.Verdict != ""
			row = append(row, effectText(r, here))
		}
		if found {
			t.Add(row...)
			maps.Copy(marks, here)
		}
	}
	p.markdown(&t)
	p.effectNotes(s, others, marks)
}

func effectText(r *effect.Row, marks map[string]bool) string {
	if r == nil || r.Verdict == "" {
		marks[none] = true
		return none
	}
	text := ratio(r.Effect)
	if r.Difference {
		text = points(r.Effect)
	}
	if text == none {
		marks[none] = true
	}
	switch r.Verdict {
	case effect.NotJudged:
		for _, m := range rowMarks {
			if slices.ContainsFunc(r.Marks, func(x compare.Mark) bool { return x.Kind == m.kind }) {
				marks[m.mark] = true
				text += " " + m.mark
			}
		}
		return text
	case effect.Unclear:
		return text + " ?"
	case effect.Same:
		return text + " ="
	}
	if r.Up() {
		return text + " ▲ " + r.Verdict
	}
	return text + " ▼ " + r.Verdict
}

func (p *page) effectNotes(s *study, others []cell, marks map[string]bool) {
	confidence, n := math.NaN(), 0 // of the rows that most blocks have
	var detects []string
	for _, c := range others {
		for _, u := range effectUnits {
			if r := s.row(c, u); r != nil && r.Effect.N > n {
				confidence, n = r.Effect.Confidence, r.Effect.N
			}
		}
		if r := s.row(c, c.primary()); r != nil && !math.IsNaN(r.Detectable) {
			detects = append(detects, fmt.Sprintf("%s for `%s`", percent(r.Detectable), c.Variant))
		}
	}
	notes := fmt.Sprintf("Hodges–Lehmann estimates over %s, as factors (shares: differences in percentage points)", plural(n, "block"))
	if math.IsNaN(confidence) {
		notes += "; too few blocks for an interval"
	} else {
		notes += ", " + percent(confidence) + " intervals that assume symmetric differences"
	}
	notes += ". ▲ ▼ a difference, = none beyond the margin, ? cannot tell. **Bold**: primary; the rest is descriptive and not adjusted."
	if len(detects) > 0 {
		notes += fmt.Sprintf(" Smallest effect on %s with an 80 %% chance to be seen: %s.", words(others[0].primary()), list(detects))
	}
	if r := s.correlation(others); r != "" {
		notes += " " + r
	}
	var symbols []string
	for _, m := range rowMarks {
		if marks[m.mark] {
			symbols = append(symbols, m.mark+" "+m.text+"; not judged.")
		}
	}
	if marks[none] {
		symbols = append(symbols, none+" one of the two has no such value, or one beyond the time-out.")
	}
	p.line("<sub>%s</sub>\n", strings.Join(append([]string{notes}, symbols...), "<br>"))
}

// correlation states what pairing by block and common random numbers have
// brought for the primary metric.
func (s *study) correlation(others []cell) string {
	var parts []string
	for _, c := range others {
		if r := s.row(c, c.primary()); r != nil && !math.IsNaN(r.Correlation()) {
			parts = append(parts, fixed(r.Correlation(), 2))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Correlation within blocks: " + list(parts) + "."
}

// unitsOf are all units that a group has, in the order of the page and then by
// name.
func unitsOf(g group, first []string) []string {
	units := slices.DeleteFunc(slices.Clone(first), func(u string) bool { return !g.has(u) })
	var rest []string
	for _, c := range g.cells {
		for u := range c.medians {
			if !slices.Contains(units, u) && !slices.Contains(rest, u) {
				rest = append(rest, u)
			}
		}
	}
	slices.Sort(rest)
	return append(units, rest...)
}

// sampled is a median over trials of a number that is no figure of bench.txt.
func (c cell) sampled(value func(i int) (float64, bool)) stats.Estimate {
	var v []float64
	for i := range c.Trials {
		if x, ok := value(i); ok {
			v = append(v, x)
		}
	}
	return stats.Median(v)
}
