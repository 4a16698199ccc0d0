package study

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// advice is one row of the table of what to take when.
// All of its fields are Markdown, ready for a cell of the table.
type advice struct {
	when     string // the question
	take     string // what to take, or that this cannot be told
	by       string // metrics that variants are chosen by
	evidence string
	in       site
}

// site is where an answer was measured.
type site struct {
	scenario string
	stream   string // if the scenario has several
	key      string // of the matrix, if the answer is that of one cell
	value    string // of key
}

// sitesText names places. Cells of one scenario are gathered: "`concurrency`, clients = 50
// and 100".
func sitesText(all ...site) string {
	var order []site // without values
	values := map[site][]string{}
	for _, p := range all {
		of := site{scenario: p.scenario, stream: p.stream, key: p.key}
		if !slices.Contains(order, of) {
			order = append(order, of)
		}
		values[of] = append(values[of], p.value)
	}
	parts := make([]string, 0, len(order))
	for _, of := range order {
		text := "`" + of.scenario + "`"
		if of.stream != "" {
			text += ", " + of.stream
		}
		if of.key != "" {
			text += ", " + of.key + " = " + words.List(values[of])
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// AdviceTitle is the heading of the answer.
const AdviceTitle = "Answer: which pattern when"

// Advice is the answer to the study's question: which pattern to take when.
type Advice struct {
	bundles *measured.Bundles
	rows    []advice
	silent  []string // the questions that stay open, with the reason
}

// Advise finds the answer. It returns nil if b has none of the study's scenarios.
func Advise(b *measured.Bundles) *Advice {
	// Questions about patterns and about sizes are answered from the same kind of
	// choice, and differ in how it is put into words.
	patterns, silent := advise(b, situations, patternAdvice)
	workers, silentToo := advise(b, sizes, sizeAdvice)
	a := &Advice{b, slices.Concat(patterns, workers), append(silent, silentToo...)}
	if len(a.rows) == 0 {
		return nil
	}
	return a
}

// Write writes the evidence: the rule, and a row for every question and scenario.
func (a *Advice) Write(p *page.Page) {
	p.Line("Each row leaves out the variants that are shown to be worse than the best one and are estimated to be worse by more than %s of goodput or %s of a share or, where variants are alike in these, by more than %s of p99. That they are worse is shown; that it is by so much is the estimate. All others are named. "+
		"The rows rest on intervals within blocks and are not adjusted for their number. Where a row names several variants, choose by what they do in the other rows.\n",
		format.Percent(units.Margin("goodput/s")), strings.Replace(format.Percent(units.Margin("within-slo-ratio")), "%", "percentage point", 1), format.Percent(units.Margin(refineUnit)))
	t := table.Table{
		Head: []string{"when", "take", "judged by", "evidence", "measured in"},
		Left: map[int]bool{1: true, 2: true, 3: true, 4: true},
	}
	for _, a := range a.rows {
		t.Add(a.when, a.take, a.by, a.evidence, sitesText(a.in))
	}
	p.Table(&t)
}

// WriteShort writes what to take when, how sure that is, and which questions stay open.
// Cautions name the checks of the measurement that went badly, and room is a link to the
// evidence.
func (a *Advice) WriteShort(p *page.Page, cautions []string, room string) {
	p.Line("## %s\n", AdviceTitle)
	inShort(p, a.rows)
	afterSpikes(p, a.bundles)
	// What limits the advice follows it directly, and not at the end of the page.
	sureness(p, a.bundles, cautions)
	if len(a.silent) > 0 {
		p.Line("- **Nothing can be said** on:")
		for _, q := range a.silent {
			p.Line("  - %s", q)
		}
	}
	p.Line("- **Not tested:** %s.", untested(a.bundles))
	p.Line("- **The rule, and the evidence of each row:** [which pattern when](%s).\n", room)
}

// advise answers each question from every one of its scenarios that was measured. It
// also returns the questions that no scenario answers, with the reason.
func advise(b *measured.Bundles, questions []situation, take func(g *measured.Group, c choice) string) (all []advice, silent []string) {
	for _, q := range questions {
		found := false
		for _, name := range q.scenarios {
			g := b.Find(name, q.stream)
			if g == nil {
				continue
			}
			found = true
			c := choose(g, q.unit)
			a := advice{when: q.when, take: take(g, c), by: c.by(), evidence: evidence(g, c), in: siteOf(g, name, q.stream)}
			// A question about a single cost, such as CPU per request, is no question
			// about objectives.
			if q.unit == "" && hopeless(g) {
				a.take += "; none keeps the objectives"
			}
			all = append(all, a)
		}
		if !found {
			silent = append(silent, fmt.Sprintf("%s (%s)", q.when, whyNot(b.Runs, q.scenarios)))
		}
	}
	return all, silent
}

// siteOf is where a group was measured that was asked for by a name, which is that of a
// scenario or of one of its cells.
func siteOf(g *measured.Group, name, stream string) site {
	p := site{stream: stream}
	scenario, matrix := load.CellNamed(g.Scenario.Run.Manifest, name)
	p.scenario = scenario
	for key, value := range matrix { // has one key at most
		p.key, p.value = key, value
	}
	return p
}

// whyNot says why none of the scenarios was measured.
func whyNot(runs []*load.Run, scenarios []string) string {
	for _, run := range runs {
		for _, s := range run.Manifest.Skipped {
			if slices.Contains(scenarios, s.Scenario) {
				return "skipped: " + s.Why
			}
		}
	}
	var names []string
	why := "not run: "
	for _, n := range scenarios {
		// What a reader can run is the scenario, whatever the cell.
		if name := "`" + cellNumber.ReplaceAllString(n, "") + "`"; !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, run := range runs {
			// The scenario was planned, and every trial of it was voided or is missing.
			if s, _ := load.CellNamed(run.Manifest, n); run.Manifest.Scenario(s) != nil {
				why = "no trial counts: "
			}
		}
	}
	return why + words.List(names)
}

// cellNumber is the end of the name of a cell: concurrency-50 is the cell clients=50 of
// the scenario concurrency.
var cellNumber = regexp.MustCompile(`-\d+$`)

// afterSpikes says how long after a spike each pattern is back.
func afterSpikes(p *page.Page, b *measured.Bundles) {
	for _, s := range b.Scenarios {
		for _, g := range s.Groups {
			if g.Variants[0].Recovery == nil {
				continue
			}
			var parts []string
			for _, v := range g.Variants {
				parts = append(parts, fmt.Sprintf("`%s` %s s", v.Variant, section.RecoveryTime(v.Recovery)))
			}
			p.Line("- **After a spike** back within the objectives (`%s`): %s.", s.Spec.Name, words.List(parts))
		}
	}
}

// sureness says what the advice rests on.
func sureness(p *page.Page, b *measured.Bundles, cautions []string) {
	for _, run := range b.Runs {
		fewest, scenarios := 0, 0
		for _, s := range b.Scenarios {
			if s.Run != run {
				continue
			}
			// The weakest scenario decides how sure the advice is as a whole.
			lowest, _, _ := s.TrialCounts()
			if fewest == 0 || lowest < fewest {
				fewest = lowest
			}
			scenarios++
		}
		if scenarios == 0 {
			continue
		}
		text := fmt.Sprintf("%s, at least %s each", words.Plural(scenarios, "scenario"), words.Plural(fewest, "trial"))
		// The confidence depends on the number of blocks alone. The values do not
		// matter for it, and zeros serve.
		if c := stats.HodgesLehmann(make([]float64, fewest), stats.Level).Confidence; c > 0 {
			text += fmt.Sprintf(", %s intervals of the differences within blocks, which decide (of the medians: %s)", format.Percent(c), format.Percent(stats.Median(make([]float64, fewest)).Confidence))
		} else {
			text += ": too few for intervals"
		}
		if len(cautions) > 0 {
			text += "; the checks below warn of " + words.List(cautions)
		} else {
			text += "; no check below warns"
		}
		p.Line("- **How sure:** %s.", text)
	}
}

// untested says what the page's machines and scenarios leave out.
func untested(b *measured.Bundles) string {
	var parts []string
	for _, run := range b.Runs {
		if limits := machineLimits(run); !slices.Contains(parts, limits) {
			parts = append(parts, limits)
		}
	}
	// Real tells whether any question was answered on a database, because the list of
	// what was not tested would be wrong otherwise.
	real := false
	for _, q := range situations {
		for _, name := range q.scenarios {
			real = real || q.store == database && b.Find(name, q.stream) != nil
		}
	}
	store := "every store but the simulated one, which waits and never tires"
	if real {
		store = "stores other than the simulated one, except where the scenario's name says postgres"
	}
	return strings.Join(parts, "; ") + ", a network (everything went over loopback), TLS, and " + store
}

// machineLimits says which machines were not tested.
func machineLimits(run *load.Run) string {
	h := run.Manifest.Host
	text := "machines other than this one with " + words.Plural(len(h.CPUs), "CPU")
	if n := len(h.ServerCPUs); n > 0 {
		text += fmt.Sprintf(" (%d for the server)", n)
	}
	return text
}
