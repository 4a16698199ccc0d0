package report

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/claims"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// fold writes a part of the page that is closed until a reader opens it.
func (p *page) fold(summary string, write func()) {
	p.line("<details><summary>%s</summary>\n", summary)
	write()
	p.line("</details>\n")
}

func (p *page) details(s *study, i int) error {
	g := s.groups[i]
	p.fold("All metrics", func() { p.allMetrics(s, g) })
	if err := p.morePlots(s, i); err != nil {
		return err
	}
	p.fold("Values of every trial", func() { p.trialValues(s, g) })
	p.fold("Where the time goes", func() { p.timeTable(s, g) })
	p.fold("Theory beside measurement", func() { p.theory(s, g) })
	return nil
}

// fact is a number of a trial that is no figure of bench.txt.
type fact struct {
	words string
	scale scale
	value func(c cell, i int) (float64, bool)
}

// totals are the sums of the reference results table.
func totals() []fact {
	number := func(words string, of func(load.Trial) float64) fact {
		return fact{words, scale{1, ""}, func(c cell, i int) (float64, bool) { return of(c.Trials[i]), true }}
	}
	all := []fact{
		number("requests", func(t load.Trial) float64 { return float64(t.Stream.Outcomes.Total()) }),
		number("successful", func(t load.Trial) float64 { return float64(t.Stream.Outcomes.OK) }),
	}
	for _, m := range results.Metrics() {
		if o, ok := m.Outcome(); ok {
			all = append(all, number(m.Label, func(t load.Trial) float64 { return float64(t.Stream.Outcomes.Of(o)) }))
		}
	}
	return append(all, number("duration of the window, s", func(t load.Trial) float64 { return t.Stream.Window.Seconds() }))
}

// allUnits is the order of figures in the full table.
var allUnits = []string{
	"req/s", "goodput/s", "mean-sec", "p50-sec", "p90-sec", "p95-sec", "p99-sec", "p99.9-sec", "max-sec",
	"error-ratio", "reject-ratio", "timeout-ratio", "within-slo-ratio",
}

// allMetrics has a row per metric, since there are many, and a column per
// variant.
func (p *page) allMetrics(s *study, g group) {
	t := table.Table{Head: []string{"metric"}}
	for _, c := range g.cells {
		t.Head = append(t.Head, "`"+c.Variant+"`")
	}
	missing := false
	add := func(label string, text func(c cell) string) {
		row := []string{label}
		for _, c := range g.cells {
			row = append(row, text(c))
			missing = missing || row[len(row)-1] == none
		}
		t.Add(row...)
	}
	for _, f := range totals() {
		add(f.words, func(c cell) string {
			return f.scale.estimate(c.sampled(func(i int) (float64, bool) { return f.value(c, i) }))
		})
	}
	minimum := func(c cell) stats.Estimate {
		return c.sampled(func(i int) (float64, bool) {
			if v := c.Trials[i].Stream.Headline.Min; v != nil {
				return *v / 1e9, true
			}
			return 0, false
		})
	}
	var lows []float64
	for _, c := range g.cells {
		lows = append(lows, minimum(c).Center)
	}
	marks := map[string]bool{}
	for _, u := range unitsOf(g, allUnits) {
		if u == "mean-sec" {
			sc := scaleOf(u, lows)
			add("minimum, "+sc.unit, func(c cell) string { return sc.estimate(minimum(c)) })
		}
		sc := scaleOf(u, s.estimates(u))
		label := words(u)
		if sc.unit != "" {
			label += ", " + sc.unit
		}
		add(label, func(c cell) string { return c.text(sc, u, marks) })
	}
	for _, q := range []struct {
		name  string
		share float64
	}{{"p50", 0.50}, {"p99", 0.99}} {
		unit := q.name + "-sec"
		sc := scaleOf(unit, s.estimates(unit))
		add(q.name+" over all requests, "+sc.unit+" ᵃ", func(c cell) string {
			return sc.estimate(stats.Pooled(c.pooled, q.share, stats.Seed([][]float64{c.Values(unit)})))
		})
	}
	p.line("Latencies are %s of answers that were successful or timed out; refusals and errors are counted, not timed here.\n", latencyWord(g.cells[0].open()))
	p.markdown(&t)
	p.footnotes(s, marks, missing)
	p.line("<sub>ᵃ Another question than the median over trials: trials with more requests weigh more. Intervals by resampling blocks, nominally 95 %%, about 90 %% in simulation at n = 10; never judged.</sub>\n")
}

// trialUnits are the columns of the table of single trials.
var trialUnits = []string{"goodput/s", "req/s", "p50-sec", "p99-sec", "within-slo-ratio", "reject-ratio", "error-ratio"}

// trialValues lists what every trial gave, so that a reader can see what the
// medians hide.
func (p *page) trialValues(s *study, g group) {
	t := table.Table{Head: []string{"block", "order", "variant"}, Left: map[int]bool{2: true}}
	units := slices.DeleteFunc(slices.Clone(trialUnits), func(u string) bool { return !g.has(u) })
	scales := map[string]scale{}
	for _, u := range units {
		scales[u] = scaleOf(u, s.estimates(u))
		head := words(u)
		if scales[u].unit != "" {
			head += ", " + scales[u].unit
		}
		t.Head = append(t.Head, head)
	}
	type line struct {
		block, order int
		cells        []string
	}
	var lines []line
	missing := false
	for _, c := range g.cells {
		for _, trial := range c.Trials {
			row := []string{fmt.Sprint(trial.Block), fmt.Sprint(trial.Order), "`" + c.Variant + "`"}
			for _, u := range units {
				text := none
				if v, ok := trial.Figures[u]; ok {
					text = scales[u].value(v)
				}
				missing = missing || text == none
				row = append(row, text)
			}
			lines = append(lines, line{trial.Block, trial.Order, row})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		if a.block != b.block {
			return a.block - b.block
		}
		return a.order - b.order
	})
	for _, l := range lines {
		t.Add(l.cells...)
	}
	p.markdown(&t)
	if missing {
		p.line("<sub>%s not measured, or no such value in this trial.</sub>\n", none)
	}
}

// timeTable shows the parts of which a request's time is made.
func (p *page) timeTable(s *study, g group) {
	var all []float64
	for _, c := range g.cells {
		for _, l := range c.parts {
			all = append(all, l.p50.Center, l.p99.Center)
		}
	}
	if len(all) == 0 {
		p.line("No histograms of the parts of a request were recorded.\n")
		return
	}
	sc := scaleOf("p50-sec", all)
	t := table.Table{Head: []string{"part of a successful request, " + sc.unit}}
	for _, c := range g.cells {
		t.Head = append(t.Head, "`"+c.Variant+"` p50", "`"+c.Variant+"` p99")
	}
	missing := false
	for _, l := range ledgerParts {
		row := []string{l.words}
		found := false
		for _, c := range g.cells {
			part, ok := c.parts[l.part]
			found = found || ok
			missing = missing || !ok
			row = append(row, sc.estimate(part.p50), sc.estimate(part.p99))
		}
		if found {
			t.Add(row...)
		}
	}
	p.markdown(&t)
	note := "Quantiles of the parts do not add up to the quantile of the whole: the slowest request of one part is not the slowest of another."
	if missing {
		note += "<br>" + none + " not measured."
	}
	p.line("<sub>%s</sub>\n", note)
}

// theory sets Little's law beside the measurement: what is in a system on
// average is what enters per second times how long it stays.
func (p *page) theory(s *study, g group) {
	open := g.cells[0].open()
	t := table.Table{Head: []string{"variant", "measured throughput, /s", "mean time of all answers, ms", "requests at work (Little)"}}
	if !open {
		t.Head = append(t.Head, "bound: clients / mean time, /s", "measured / bound")
	}
	workers := slices.ContainsFunc(g.cells, func(c cell) bool { return s.workers(c) > 0 })
	if workers {
		t.Head = append(t.Head, "bound: workers / store time, /s", "goodput / bound")
	}
	for _, c := range g.cells {
		mean := c.sampled(func(i int) (float64, bool) { return claims.MeanTime(c.Trials[i].Stream) })
		if mean.N < len(c.Trials) {
			mean = stats.Median(nil) // the trials that have one are the better ones
		}
		rate := c.medians["req/s"]
		sc := scale{1e3, "ms"}
		row := []string{"`" + c.Variant + "`", scale{1, ""}.estimate(rate), sc.estimate(mean), scale{1, ""}.value(rate.Center * mean.Center)}
		if !open {
			limit := float64(g.load.Clients) / (mean.Center + g.load.Think.Seconds())
			row = append(row, scale{1, ""}.value(limit), percent(rate.Center/limit))
		}
		if workers {
			row = append(row, s.workerBound(c)...)
		}
		t.Add(row...)
	}
	p.markdown(&t)
	p.line("<sub>Little's law: requests at work = throughput × mean time. A closed loop cannot exceed clients / mean time; it stays below where clients wait before they send again, start late or end early. " +
		"Workers that each do one thing at a time cannot exceed workers / mean store time.<br>" + none + " the variant has no worker bound, the server does not tell its store time or does most of its work elsewhere, or requests timed out, which leaves their mean open.</sub>\n")
}

// workersFlag finds the workers in a server's command.
var workersFlag = regexp.MustCompile(`^--?workers=(\d+)$`)

// workers is the number of workers that a cell's server was told to use, 0 if
// nothing tells.
func (s *study) workers(c cell) int {
	given := []string{c.Matrix["workers"]}
	for _, v := range s.spec.Variants {
		if v.Name == c.Variant {
			given = append(given, v.Params["workers"])
		}
	}
	given = append(given, s.spec.Params["workers"])
	for _, srv := range s.spec.Servers {
		for _, arg := range srv.Command {
			if m := workersFlag.FindStringSubmatch(arg); m != nil {
				given = append(given, m[1])
			}
		}
	}
	for _, g := range given {
		if n, err := strconv.Atoi(g); err == nil {
			return n
		}
	}
	return 0
}

// queues reports whether a server has a queue before its workers. One without
// is not bound by the number of workers, whatever it was told.
func (s *study) queues(c cell) bool {
	samples, err := s.run.Samples(c.Trials[0].ID)
	return err == nil && slices.ContainsFunc(samples, func(x results.Sample) bool {
		return (c.Trials[0].Server == nil || x.Server == c.Trials[0].Server.Name) && x.Metrics["assay_queue_capacity"] > 0
	})
}

func (s *study) workerBound(c cell) []string {
	workers := s.workers(c)
	store := c.sampled(func(i int) (float64, bool) {
		mean := func(phase string) float64 {
			if q := c.Trials[i].Stream.Part(phase, results.OK); q.Mean != nil {
				return *q.Mean / 1e9
			}
			return math.NaN()
		}
		store := mean("store")
		// Workers that do more than to wait for the store are bound by what it is.
		if busy := mean("total") - mean("queue"); math.IsNaN(store) || store < busy/2 {
			return 0, false
		}
		return store, true
	})
	if workers == 0 || store.N == 0 || store.Center == 0 || !s.queues(c) {
		return []string{none, none}
	}
	bound := float64(workers) / store.Center
	return []string{scale{1, ""}.value(bound), percent(c.medians["goodput/s"].Center / bound)}
}

// warnings are what the recorded facts of a cell say against its numbers. A
// burst is marked as such and has no steady state to test.
func (c cell) warnings(burst bool) (w []string) {
	if x := c.facts.GeneratorShare; x > shareWarning {
		w = append(w, fmt.Sprintf("the load generator's own delay is %s of its p99 response", percent(x)))
	}
	if c.uneven > 0 && !burst {
		w = append(w, fmt.Sprintf("no steady state: the median latency of single seconds changes its level inside %d of %s (p ≤ %v)", c.uneven, plural(len(c.Trials), "trial"), steadyLevel))
	}
	if c.facts.Saturated > 0 {
		w = append(w, fmt.Sprintf("saturated: fell behind its schedule in %d of %s", c.facts.Saturated, plural(len(c.Trials), "trial")))
	}
	return w
}

// warnings are what could not be read, and what is known against single cells.
func (s *study) warnings() []string {
	notes := slices.Clone(s.notes)
	for _, g := range s.groups {
		for _, c := range g.cells {
			for _, w := range c.warnings(isBurst(g.load)) {
				notes = append(notes, "`"+c.Label()+"`: "+w)
			}
		}
	}
	return notes
}

// warnings lists what the harness saw, what was voided, and further notes.
func (p *page) warnings(run *load.Run, scenario string, notes []string) {
	seen := map[string]int{}
	for _, trial := range run.Trials {
		if trial.Scenario != scenario {
			continue
		}
		for _, w := range trial.Warnings {
			seen["`"+trial.Variant+"`: "+w]++
		}
		for _, why := range trial.Invalid {
			seen[fmt.Sprintf("block %d was voided and repeated: `%s`: %s", trial.Block, trial.Variant, why)]++
		}
		for _, srv := range trial.Servers {
			if srv.Crashed {
				seen[fmt.Sprintf("`%s`: the server ended before it was asked to (%s)", trial.Variant, srv.Exit)]++
			}
		}
	}
	for _, n := range notes {
		seen[n]++
	}
	if len(seen) == 0 {
		return
	}
	p.fold(fmt.Sprintf("Warnings (%d)", len(seen)), func() {
		for _, w := range slices.Sorted(maps.Keys(seen)) {
			if times := seen[w]; times > 1 {
				w += fmt.Sprintf(" (%d times)", times)
			}
			p.line("- %s", strings.ReplaceAll(w, "\n", " "))
		}
		p.line("")
	})
}
