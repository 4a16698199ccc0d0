package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// situation is a question of which pattern or size, and the scenarios that
// answer it. Stream is what is judged, where a scenario has several.
type situation struct {
	when      string
	scenarios []string
	stream    string
	store     string // empty: simulated
	unit      string // judged by; empty: as choiceUnits say
}

// database is the store of scenarios that start one.
const database = "PostgreSQL"

// situations are the questions of the built-in study.
var situations = []situation{
	{when: "open load below what the workers can answer", scenarios: []string{"steady-open", "steady-open-poisson", "patterns-near"}},
	{when: "open load at just what they can answer", scenarios: []string{"limit-open", "limit-open-poisson"}},
	{when: "open load at twice what they can answer, store without limit", scenarios: []string{"overload-open", "patterns-overload"}},
	{when: "bursts of clients that ask again at once, store without limit", scenarios: []string{"article-low", "article-high", "article-sustained"}},
	{when: "clients that wait and back off, 10 to 1,000", scenarios: []string{"concurrency-10", "concurrency-50", "concurrency-100", "concurrency-500", "concurrency-1000"}},
	{when: "a spike, and a store with 20 connections", scenarios: []string{"recovery"}},
	{when: "a spike on a database of 100 connections", scenarios: []string{"spike-postgres"}, store: database},
	{when: "slow queries among quick ones", scenarios: []string{"slow-query-postgres"}, store: database},
	{when: "what an overload leaves to a neighbour on the same database", scenarios: []string{"cascade-postgres"}, stream: "bystander", store: database},
	{when: "high rate, no wait", scenarios: []string{"reuse"}},
	{when: "high rate, no wait: what an answer costs", scenarios: []string{"reuse"}, unit: "server-cpu-sec/op"},
	{when: "high rate, no wait: what the collector gets", scenarios: []string{"reuse"}, unit: "server-B/op"},
}

// sizes are the questions of how many workers. Their variants go from small to
// large.
var sizes = []situation{
	{when: "workers for a store that waits 75 ms, at 240/s", scenarios: []string{"sizing-rules-io"}},
	{when: "workers for a store that waits 75 ms, at 600/s", scenarios: []string{"sizing"}},
	{when: "workers for a store that waits 30 ms, at 240/s", scenarios: []string{"sizing-development"}},
	{when: "workers for 4 ms of CPU a request, at 200/s, on the server's core", scenarios: []string{"sizing-rules-cpu"}},
}

// answer says what to take when, how sure that is, and what nothing is known of.
// A page without any of the study's scenarios has no such section.
func (p *page) answer() {
	t := table.Table{
		Head: []string{"when", "take", "judged by", "evidence", "measured in"},
		Left: map[int]bool{1: true, 2: true, 3: true, 4: true},
	}
	var open []string
	add := func(questions []situation, row func(s *study, g group, ch choice) [3]string) {
		for _, q := range questions {
			found := false
			for _, name := range q.scenarios {
				s, i := p.find(name, q.stream)
				if s == nil {
					continue
				}
				found = true
				g := s.groups[i]
				r := row(s, g, choose(g, q.unit))
				if q.unit == "" && s.hopeless(g) {
					r[0] += "; none keeps the objectives"
				}
				in := "`" + name + "`"
				if q.stream != "" {
					in += ", " + q.stream
				}
				t.Add(q.when, r[0], r[1], r[2], in)
			}
			if !found {
				open = append(open, fmt.Sprintf("%s (%s)", q.when, p.whyNot(q.scenarios)))
			}
		}
	}
	add(situations, patternRow)
	add(sizes, sizeRow)
	if len(t.Rows) == 0 {
		return
	}
	p.line("## Answer: which pattern when\n")
	p.line("What may be taken is what is not shown to be worse than the best, by more than %s of goodput or %s of a share, and where these are alike by more than %s of p99: generated from intervals within blocks, not adjusted for their number. "+
		"Where several may be taken, choose by what they do in the other rows.\n", percent(metric.Margin("goodput/s")), strings.Replace(percent(metric.Margin("within-slo-ratio")), "%", "percentage point", 1), percent(metric.Margin(refineUnit)))
	p.inShort(t.Rows)
	p.markdown(&t)
	p.recoveryAnswer()
	p.sureness()
	if len(open) > 0 {
		p.line("- **Nothing can be said** on:")
		for _, q := range open {
			p.line("  - %s", q)
		}
	}
	p.line("- **Not tested:** %s.\n", p.untested())
}

// hopeless tells whether every variant of a group misses an objective: what may be
// taken is then the least bad.
func (s *study) hopeless(g group) bool {
	missed := map[string]bool{}
	for _, r := range objective.Evaluate(s.run) {
		if r.Scenario == s.spec.Name && r.Verdict == objective.Missed {
			missed[r.Cell] = true
		}
	}
	return !slices.ContainsFunc(g.cells, func(c cell) bool {
		return c.aaOf == "" && !c.control && !missed[c.Label()]
	})
}

// find is the study and group of a scenario, nil if the page has none.
func (p *page) find(scenario, stream string) (*study, int) {
	for _, s := range p.studies {
		if s.spec.Name != scenario {
			continue
		}
		for i, g := range s.groups {
			if g.cells[0].Stream == stream || stream == "" && g.load.Name == s.spec.Streams[0].Name {
				return s, i
			}
		}
	}
	return nil, 0
}

// whyNot says why none of the scenarios was measured.
func (p *page) whyNot(scenarios []string) string {
	for _, run := range p.runs {
		for _, s := range run.Manifest.Skipped {
			if slices.Contains(scenarios, s.Scenario) {
				return "skipped: " + s.Why
			}
		}
	}
	var names []string
	why := "not run: "
	for _, n := range scenarios {
		names = append(names, "`"+n+"`")
		for _, run := range p.runs {
			if run.Manifest.Scenario(n) != nil {
				why = "no trial counts: "
			}
		}
	}
	return why + list(names)
}

// patternRow is what to take, judged by what, on which evidence.
func patternRow(s *study, g group, ch choice) [3]string {
	return [3]string{ch.verdict(), ch.judged(), s.evidence(g, ch)}
}

// judged names what variants are chosen by.
func (ch choice) judged() string {
	switch {
	case ch.unit == "":
		return none
	case ch.fastest.Variant != "":
		return words(ch.unit) + ", then p99"
	}
	return words(ch.unit)
}

// sizeRow takes the smallest that is surely as good as the best, and says so if
// all larger ones are too: sizes go from small to large.
func sizeRow(s *study, g group, ch choice) [3]string {
	text := ch.verdict()
	var sure, doubted []cell
	for _, c := range ch.take {
		if slices.ContainsFunc(ch.unsure, func(r rival) bool { return r.Variant == c.Variant }) {
			doubted = append(doubted, c)
		} else {
			sure = append(sure, c)
		}
	}
	if ch.why == "" && len(sure) > 0 {
		smallest := sure[0]
		name := "`" + smallest.Variant + "`"
		if n := s.workers(smallest); n > 0 {
			name += fmt.Sprintf(" (%s)", plural(n, "worker"))
		}
		first := slices.IndexFunc(g.cells, func(c cell) bool { return c.Variant == smallest.Variant })
		switch {
		case len(sure) == 1:
			text = name
		case len(sure) == len(g.cells)-first:
			text = name + " and larger"
		default:
			text = strings.Join(named(sure), " or ")
		}
		if len(doubted) > 0 {
			text += "; cannot tell of " + list(named(doubted))
		}
	}
	return [3]string{text, ch.judged(), s.evidence(g, ch)}
}

// unsaid begins an answer that says nothing.
const unsaid = "cannot tell: "

// named are the variants of cells.
func named(cells []cell) (names []string) {
	for _, c := range cells {
		names = append(names, "`"+c.Variant+"`")
	}
	return names
}

// verdict names what may be taken.
func (ch choice) verdict() string {
	names := strings.Join(named(ch.take), " or ")
	switch {
	case ch.why != "":
		return unsaid + ch.why
	case len(ch.leave)+len(ch.slower) == 0 && len(ch.unsure) == 0:
		return "any: no difference that matters"
	case len(ch.leave)+len(ch.slower) == 0:
		return unsaid + "none is shown to be worse, nor all to be as good"
	case len(ch.unsure) > 0:
		return names + ", which cannot be told apart"
	}
	return names
}

// evidence gives the best, and how far the others are behind it.
func (s *study) evidence(g group, ch choice) string {
	if ch.unit == "" {
		return none
	}
	sc := scaleOf(ch.unit, s.estimates(ch.unit))
	if ch.why != "" {
		var medians []string
		for _, c := range g.cells {
			medians = append(medians, strings.TrimSpace(fmt.Sprintf("`%s` %s %s", c.Variant, sc.estimate(c.medians[ch.unit]), sc.unit)))
		}
		return list(medians)
	}
	text := fmt.Sprintf("`%s` %s %s", ch.best.Variant, sc.estimate(ch.best.medians[ch.unit]), sc.unit)
	effect := func(e stats.Estimate) string {
		if metric.IsShare(ch.unit) {
			return points(e)
		}
		return ratio(e)
	}
	var behind []string
	for _, r := range ch.leave {
		behind = append(behind, fmt.Sprintf("`%s` %s", r.Variant, effect(r.effect)))
	}
	if len(behind) > 0 {
		text += map[bool]string{true: "; more: ", false: "; more than "}[metric.Better(ch.unit) == metric.Lower] + list(behind)
	} else if widest := ch.widest(g); widest != "" {
		text += "; " + widest
	}
	var slower []string
	for _, r := range ch.slower {
		slower = append(slower, fmt.Sprintf("`%s` %s", r.Variant, ratio(r.effect)))
	}
	if len(slower) > 0 {
		text += fmt.Sprintf("; a longer p99 than `%s`: %s", ch.fastest.Variant, list(slower))
	}
	return fmt.Sprintf("%s (n = %d)", text, len(ch.best.Trials))
}

// widest bounds what the best can be ahead of any other that may be taken.
func (ch choice) widest(g group) string {
	reach := 0.0
	for _, c := range g.cells {
		if c.Variant == ch.best.Variant || c.aaOf != "" || c.control {
			continue
		}
		e := ch.against(c)
		if metric.IsShare(ch.unit) {
			reach = max(reach, e.High)
		} else {
			reach = max(reach, e.High-1)
		}
	}
	text := percent(reach)
	if metric.IsShare(ch.unit) {
		text = fixed(100*reach, 1) + " pp"
	}
	return "ahead of the others by at most " + text
}

// recoveryAnswer says how long after a spike each pattern is back.
func (p *page) recoveryAnswer() {
	for _, s := range p.studies {
		for _, g := range s.groups {
			if g.cells[0].recovery == nil {
				continue
			}
			var parts []string
			for _, c := range g.cells {
				parts = append(parts, fmt.Sprintf("`%s` %s s", c.Variant, c.recovery.text()))
			}
			p.line("- **After a spike** back within the objectives (`%s`): %s.", s.spec.Name, list(parts))
		}
	}
}

// sureness says what the answer rests on.
func (p *page) sureness() {
	for _, run := range p.runs {
		fewest, trials := 0, 0
		for _, s := range p.studies {
			if s.run != run {
				continue
			}
			lowest, _, _ := s.trials()
			if fewest == 0 || lowest < fewest {
				fewest = lowest
			}
			trials++
		}
		if trials == 0 {
			continue
		}
		text := fmt.Sprintf("%s, at least %s each", plural(trials, "scenario"), plural(fewest, "trial"))
		if c := stats.HodgesLehmann(make([]float64, fewest), stats.Level).Confidence; c > 0 {
			text += fmt.Sprintf(", %s intervals of the differences within blocks, which decide (of the medians: %s)", percent(c), percent(stats.Median(make([]float64, fewest)).Confidence))
		} else {
			text += ": too few for intervals"
		}
		if bad := p.cautions(); len(bad) > 0 {
			text += "; the checks below warn of " + list(bad)
		} else {
			text += "; no check below warns"
		}
		p.line("- **How sure:** %s.", text)
	}
}

// untested says what the page's machine and scenarios leave out.
func (p *page) untested() string {
	var parts []string
	for _, run := range p.runs {
		if limits := machineLimits(run); !slices.Contains(parts, limits) {
			parts = append(parts, limits)
		}
	}
	real := false
	for _, q := range situations {
		for _, name := range q.scenarios {
			s, _ := p.find(name, q.stream)
			real = real || s != nil && q.store == database
		}
	}
	store := "every store but the simulated one, which waits and never tires"
	if real {
		store = "stores other than the simulated one, except where the scenario's name says postgres"
	}
	return strings.Join(parts, "; ") + ", a network (everything went over loopback), TLS, and " + store
}

func machineLimits(run *load.Run) string {
	h := run.Manifest.Host
	text := "machines other than this one with " + plural(len(h.CPUs), "CPU")
	if n := len(h.ServerCPUs); n > 0 {
		text += fmt.Sprintf(" (%d for the server)", n)
	}
	return text
}
