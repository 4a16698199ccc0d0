package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/claims"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Claims is what the published study claims, judged by one run.
type Claims struct {
	run                 *claims.Run
	said, cells, review []claims.Result
}

// JudgeClaims judges the claims by a run. It returns nil for a run by which no claim can
// be tested. Problems are what could not be read of the run.
func JudgeClaims(run *load.Run) (c *Claims, problems []error) {
	// Text and table of the study, and the review of its code, are judged apart: the
	// review speaks of a program that is not the one measured here.
	from := claims.NewRun(run)
	c = &Claims{from, claims.Judge(claims.FromText(), from), claims.Judge(claims.FromTable(), from), claims.Judge(claims.FromReview(), from)}
	for _, err := range from.Problems {
		problems = append(problems, fmt.Errorf("published claims: %w", err))
	}
	if !slices.ContainsFunc(slices.Concat(c.said, c.cells, c.review), func(r claims.Result) bool { return r.Verdict != claims.NotRun }) {
		return nil, problems
	}
	return c, problems
}

// Summary counts the verdicts, in two sentences.
func (c *Claims) Summary() string {
	own := slices.Concat(c.said, c.cells)
	return fmt.Sprintf("What the published study says of its three patterns, beside what was measured here. Of %s: %s. What a review of its code found is held against ours, which is another program: of %s, %s.",
		words.Plural(len(own), "claim"), verdictCounts(own), words.Plural(len(c.review), "remark"), verdictCounts(c.review))
}

// Write writes the rule and every claim.
func (c *Claims) Write(p *page.Page) {
	p.Line("%s Implied claims are what the study's sentences suggest.\n", c.Summary())
	claimRule(p)
	p.Line("## What the text says\n\n%s.\n", verdictCounts(c.said))
	claimTable(p, "the study says", c.run, c.said)
	p.Line("## The table of results, number by number\n\n%s.\n", verdictCounts(c.cells))
	claimTable(p, "the study says", c.run, c.cells)
	p.Line("## What a review of the code says\n\n%s.\n", verdictCounts(c.review))
	claimTable(p, "the review says", c.run, c.review)
}

// claimRule writes down the rule by which package claims judges.
func claimRule(p *page.Page) {
	// The numbers come from the constants by which claims are judged, so text and rule
	// cannot drift apart.
	p.Line("Every verdict follows from the intervals by one rule. In each setting what is claimed holds, fails, or cannot be told:\n")
	p.Line("- A number or a range has a band of ±%s around it (shares: of the smaller of share and rest, at least %s percentage points). It holds if the 95 %% interval lies within the band, "+
		"or reaches what is claimed and is not wider than the band. It fails if the interval lies wholly outside.", format.Percent(claims.Tolerance), format.Fixed(100*claims.ShareTolerance, 0))
	p.Line("- A bound (>) has no band: it holds if the interval lies wholly above it, and fails if none of it does.")
	p.Line("- An order (“more”) fails if the interval ends below what would matter: a ratio of 1 plus %s, of a p99 plus %s, or a difference of %s of a share. Else it holds if the interval lies wholly above 1, or 0.",
		format.Percent(units.Margin("goodput/s")), format.Percent(units.Margin("p99-sec")), strings.Replace(format.Percent(units.Margin("error-ratio")), "%", "percentage point", 1))
	p.Line("- All else cannot be told: intervals that reach across a limit, fewer than %d blocks, trials without a value, and numbers that carry a mark.\n", stats.FewestValues)
	p.Line("A claim *depends* if it holds in one setting and fails in another. It is *not reproduced* if it fails in one and holds in none, even if others cannot be told; else one setting that cannot be told leaves the claim so. " +
		"It is an *artefact of the method* if it holds in all settings as the study counted, and fails in one as a user meets it. Else it is *reproduced*, also where the count as a user meets it cannot be told.\n")
}

// verdictCounts is "3 reproduced, 1 depends".
func verdictCounts(results []claims.Result) string {
	n := map[claims.Verdict]int{}
	for _, r := range results {
		n[r.Verdict]++
	}
	var parts []string
	for _, v := range claims.Verdicts {
		if n[v] > 0 {
			parts = append(parts, format.Count(n[v])+" "+string(v))
		}
	}
	return strings.Join(parts, ", ")
}

// claimTable has a row for every claim.
func claimTable(p *page.Page, who string, run *claims.Run, results []claims.Result) {
	t := table.Table{
		Head: []string{who, "claimed", "measured here", "Little's law", "verdict", "why"},
		Left: map[int]bool{2: true, 3: true, 4: true, 5: true},
	}
	for _, r := range results {
		// Each claim has a scale of its own: a table mixes seconds, shares and rates,
		// one in each row.
		w := claimWords{r, run, claimScale(r)}
		t.Add(r.Text+" <sub>("+r.Source+")</sub>", w.claimed(), w.measured(), w.theory(), "**"+string(r.Verdict)+"**", w.why())
	}
	p.Table(&t)
	note := ""
	if slices.ContainsFunc(results, claims.Result.OfPattern) {
		note = fmt.Sprintf(" Goroutines of the pattern: the server's peak less one for every open connection, another for every request at work as the server counts them (if it does not: none to one a connection), and none to %d of the process's own; intervals reach over all of these.", claims.OtherGoroutines)
	}
	p.Line("<sub>✓ holds, ✗ does not, ? cannot be told, mostly for lack of values or for an interval across the limit. *As a user meets it*: the same counted without refusals, or per user. Ratios are Hodges–Lehmann estimates within blocks, the rest medians over trials, with %s intervals or wider.%s"+
		"<br>%s claims no number, or Little's law says nothing of it.</sub>\n", format.Percent(stats.Level), note, format.None)
}

// claimWords puts one judged claim into words.
// Its methods write the cells of the claim's row, in the order of the columns: claimed,
// measured, theory and why.
type claimWords struct {
	claims.Result
	run   *claims.Run
	scale format.Scale
}

// claimScale is the unit in which a claim is printed: that of what was claimed.
func claimScale(r claims.Result) format.Scale {
	// A bound has no upper end, and its only number is the lower one.
	values := []float64{r.Want.High}
	if r.Want.Bound() {
		values[0] = r.Want.Low
	}
	// What was measured takes part, because it may be a thousand times what was
	// claimed.
	for _, f := range r.Found {
		values = append(values, f.Estimate.Center)
	}
	return format.ScaleOf(r.Unit, values)
}

// claimed says what is claimed: "more" for an order, None for a claim without a number.
func (w claimWords) claimed() string {
	switch {
	case w.Order:
		return "more"
	case w.Want == claims.Range{} && w.Unit != claims.BytesPerAnswer:
		return format.None
	}
	s := w.scale.Value(w.Want.Low)
	if w.Want.High != w.Want.Low && !w.Want.Bound() {
		s += "–" + w.scale.Value(w.Want.High)
	}
	if w.Unit == claims.Factor {
		s = "×" + s
	}
	if w.Want.Bound() {
		s = "> " + s
	}
	return strings.TrimSpace(s + " " + w.scale.Unit)
}

// measured says what was measured as the study counted, and below it what was measured as
// a user meets it.
func (w claimWords) measured() string {
	lines := w.findings(w.Found)
	if honest := w.findings(w.Honest); len(honest) > 0 {
		lines = append(lines, "*as a user meets it:*")
		lines = append(lines, honest...)
	}
	if len(lines) == 0 {
		return string(claims.NotRun)
	}
	return strings.Join(lines, "<br>")
}

// outcomeMarks stand after a measurement.
var outcomeMarks = map[claims.Outcome]string{claims.Holds: "✓", claims.Fails: "✗", claims.Open: "?"}

// findings has a line for everything that was measured, and on it the settings.
func (w claimWords) findings(found []claims.Finding) (lines []string) {
	// Findings of the same metric and the same variants share a line, and their
	// scenarios follow one another on it.
	var order []string
	at := map[string][]string{}
	for _, f := range found {
		if f.Outcome == claims.Missing {
			continue
		}
		what := w.what(f)
		if at[what] == nil {
			order = append(order, what)
		}
		at[what] = append(at[what], fmt.Sprintf("%s %s %s", w.where(f), w.value(f), outcomeMarks[f.Outcome]))
	}
	for _, what := range order {
		lines = append(lines, what+": "+strings.Join(at[what], ", "))
	}
	return lines
}

// value prints a finding's estimate.
func (w claimWords) value(f claims.Finding) string {
	switch f.Kind {
	case claims.Ratio:
		return format.Ratio(f.Estimate)
	case claims.Difference:
		return format.Points(f.Estimate)
	}
	return strings.TrimSpace(w.scale.Estimate(f.Estimate) + " " + w.scale.Unit)
}

// claimMetrics name the metrics of claims beyond those of trials.
var claimMetrics = map[string]string{
	claims.MeanOfAll: "mean of all answers", claims.P99OfAll: "p99 of all answers", claims.MeanRefused: "mean time to a refusal",
	claims.Failed: "errors, refusals and time-outs", claims.OwnGoroutines: "peak goroutines of the pattern",
	claims.HitRate: "hits of gets", claims.HitRateCounted: "every get counted a hit", claims.BytesPerAnswer: "bytes of body",
	claims.TailOverMedian: "p99 / p50", claims.SuccessfulSpeed: "1 / mean time of a success", "mean-sec": "mean of successes", "p99-sec": "p99 of successes",
}

// claimMetric names a metric of a claim.
func claimMetric(name string) string {
	if w, ok := claimMetrics[name]; ok {
		return w
	}
	return words.Metric(name)
}

// what names the metric and the variants of a finding.
func (w claimWords) what(f claims.Finding) string {
	what := claimMetric(f.Metric)
	switch {
	// A slope is read as "milliseconds per goroutine": the second metric stands in the
	// singular and without "peak".
	case f.Kind == claims.Slope:
		what += " per " + strings.TrimSuffix(strings.TrimPrefix(claimMetric(f.Per), "peak "), "s")
		return fmt.Sprintf("%s, `%s` less `%s`", what, f.A.Variant, f.B.Variant)
	case f.Kind == claims.Difference:
		return fmt.Sprintf("%s, `%s` less `%s`", what, f.A.Variant, f.B.Variant)
	case f.Kind == claims.Ratio && f.A.Variant != f.B.Variant:
		return fmt.Sprintf("%s, `%s` / `%s`", what, f.A.Variant, f.B.Variant)
	}
	return fmt.Sprintf("%s, `%s`", what, f.A.Variant)
}

// where names the scenarios of a finding.
func (w claimWords) where(f claims.Finding) string {
	// A ratio across scenarios is of one variant under two loads.
	if f.Kind == claims.Ratio && f.A.Scenario != f.B.Scenario {
		return place(f.A) + " / " + place(f.B)
	}
	return place(f.A)
}

// place names a scenario, and its stream if it has several.
func place(c claims.Subject) string {
	s := "`" + c.Scenario + "`"
	if c.Stream != "" {
		s += " (" + c.Stream + ")"
	}
	return s
}

// theory says what Little's law predicts for the claim, None if it predicts nothing.
func (w claimWords) theory() string {
	t := w.Theory
	if t == nil {
		return format.None
	}
	v := "×" + format.Fixed(t.Value, format.Digits(0, t.Value))
	// A factor has no dimension. Every other prediction is printed in a unit of its
	// own, because it may lie far from what was measured.
	if t.Unit != claims.Factor {
		sc := format.ScaleOf(t.Unit, []float64{t.Value})
		v = strings.TrimSpace(sc.Value(t.Value) + " " + sc.Unit)
	}
	return v + " (" + t.Words + ")"
}
