package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// rateKey is the matrix key under which a search names its trials.
const rateKey = "rate"

// capacity is a scenario that was searched for the highest rate that holds its
// objectives. Its trials are no blocks: a search tries each rate as often as it
// must to decide, so nothing of it is compared by pairs.
type capacity struct {
	run      *load.Run
	spec     *results.Scenario
	key      string // unique on the page: part of plots' names
	searches []searched
}

// searched is what the search found for one variant under one matrix cell.
type searched struct {
	results.Search
	name  string // variant and matrix cell
	slot  int    // colour
	rates []rated
}

// rated are the trials at one rate.
type rated struct {
	load.Cell
	rate float64
}

// newCapacity gathers the rates that a search tried. It returns nil if no trial
// counts.
func newCapacity(run *load.Run, spec *results.Scenario, key string, slots map[string]int) (*capacity, error) {
	c := &capacity{run: run, spec: spec, key: key}
	for _, s := range run.Manifest.Searches {
		if s.Scenario == spec.Name {
			c.add(s, slots)
		}
	}
	found := false
	for _, cell := range run.Cells(spec.Name) {
		rate, err := strconv.ParseFloat(cell.Matrix[rateKey], 64)
		if err != nil {
			return nil, fmt.Errorf("scenario %s: trial %s of a search: its rate is %q, which is no number", spec.Name, cell.Trials[0].ID, cell.Matrix[rateKey])
		}
		matrix := maps.Clone(cell.Matrix)
		delete(matrix, rateKey)
		same := func(s searched) bool { return s.Variant == cell.Variant && maps.Equal(s.Matrix, matrix) }
		i := slices.IndexFunc(c.searches, same)
		if i < 0 {
			i = len(c.searches)
			c.add(results.Search{Scenario: spec.Name, Variant: cell.Variant, Matrix: matrix}, slots)
		}
		c.searches[i].rates = append(c.searches[i].rates, rated{cell, rate})
		found = true
	}
	if !found {
		return nil, nil
	}
	return c, nil
}

func (c *capacity) add(s results.Search, slots map[string]int) {
	name := load.Cell{Variant: s.Variant, Matrix: s.Matrix}.Label()
	// One colour a variant, unless it was searched under several settings.
	slot := s.Variant
	if len(s.Matrix) > 0 {
		slot = name
	}
	if _, ok := slots[slot]; !ok {
		slots[slot] = len(slots)
	}
	c.searches = append(c.searches, searched{Search: s, name: name, slot: slots[slot]})
}

// saturated counts the trials that fell behind their schedule.
func (r rated) saturated() int {
	n := 0
	for _, t := range r.Trials {
		if t.Facts.Saturated {
			n++
		}
	}
	return n
}

// summary is the median of a figure over the trials of a rate, with its
// interval; below six trials, which have none, with their range.
func (r rated) summary(unit string) stats.Estimate {
	v := r.Values(unit)
	e := stats.Median(v)
	if len(v) > 1 && !e.Bounded() {
		e.Low, e.High = slices.Min(v), slices.Max(v)
	}
	return e
}

// at are the trials at a rate.
func (s *searched) at(rate *float64) (rated, bool) {
	if rate != nil {
		for _, r := range s.rates {
			if math.Abs(r.rate-*rate) <= 1e-9**rate {
				return r, true
			}
		}
	}
	return rated{}, false
}

// why says how the search of a variant ended.
func (c *capacity) why(s *searched) string {
	switch {
	case s.Stopped != "":
		return s.Stopped
	case s.Held != nil && s.Refuted != nil && s.Confirmed:
		return "done: the bracket is " + percent(*s.Refuted / *s.Held - 1) + " wide"
	case c.run.Manifest.State != results.StateComplete:
		return "the search is " + c.run.Manifest.State
	case s.Held == nil && s.Refuted != nil:
		return "no rate held"
	}
	return "the greatest number of steps was made"
}

func perSecond(rate *float64) string {
	if rate == nil {
		return none
	}
	return scale{1, ""}.value(*rate)
}

// capacityFindings says in a sentence per variant what a search has bracketed.
func (p *page) capacityFindings() int {
	n := 0
	for _, c := range p.capacities {
		for i := range c.searches {
			p.line("- **`%s`, capacity**: %s.", c.spec.Name, c.sentence(&c.searches[i]))
			n++
		}
	}
	return n
}

func (c *capacity) sentence(s *searched) string {
	name := "`" + s.name + "`"
	if s.Held == nil {
		text := name + " was seen to hold the objectives at **no rate**"
		if s.Refuted != nil {
			text += fmt.Sprintf(" and failed them at %s/s", perSecond(s.Refuted))
		}
		return text + ": " + c.why(s)
	}
	text := fmt.Sprintf("%s holds its objectives at **%s/s**", name, perSecond(s.Held))
	if s.Confirmed {
		text += " (confirmed"
		if r, ok := s.at(s.Held); ok {
			text += "; " + plural(len(r.Trials), "trial") + " at this rate"
		}
		text += ")"
	} else {
		text += " (**not confirmed**)"
	}
	if s.Refuted != nil {
		return text + c.refusal(s)
	}
	return text + "; where it ends was not found: " + c.why(s)
}

// refusal says how the lowest refuted rate was: one that falls behind its schedule
// may keep every objective in the little time that is measured.
func (c *capacity) refusal(s *searched) string {
	r, ok := s.at(s.Refuted)
	if !ok || r.saturated() == 0 {
		return fmt.Sprintf(" and not at %s/s", perSecond(s.Refuted))
	}
	text := fmt.Sprintf(" and falls behind its schedule at %s/s", perSecond(s.Refuted))
	if wait := r.connectionWait(); wait > leastWait {
		text += fmt.Sprintf(", where half of the requests wait %s for one of %s", Quantity(wait, "sec"), plural(c.spec.Streams[0].Connections, "connection"))
	}
	return text
}

// leastWait is what is worth a word of the wait for a connection, in seconds.
const leastWait = 1e-3

// connectionWait is the longest median of the wait for a connection, of successes
// in any trial, in seconds.
func (r rated) connectionWait() (longest float64) {
	for _, t := range r.Trials {
		if q := t.Stream.Part(results.PartConnWait, results.OK); q.P50 != nil {
			longest = max(longest, *q.P50/1e9)
		}
	}
	return longest
}

// capacity writes the section of a searched scenario.
func (p *page) capacity(c *capacity) error {
	p.line("## Capacity: %s\n", p.dated(c.spec.Name, c.run))
	if c.spec.Summary != "" {
		p.line("%s\n", c.spec.Summary)
	}
	var promises []string
	for _, o := range c.spec.Objectives {
		promises = append(promises, objectiveWords(o))
	}
	p.line("Sought: the highest rate at which %s.\n", list(promises))
	for _, l := range c.spec.Streams {
		p.line("Load: %s. The search varies the rate, and makes the load longer where a p99 needs more values.\n", loadWords(l, c.spec.Warmup))
	}
	t := table.Table{Head: []string{"variant", "highest rate that held, /s", "confirmed", "lowest refuted, /s", "why it stopped"}, Left: map[int]bool{2: true, 4: true}}
	for i := range c.searches {
		s := &c.searches[i]
		t.Add("`"+s.name+"`", perSecond(s.Held), map[bool]string{true: "yes", false: "**no**"}[s.Confirmed], perSecond(s.Refuted), c.why(s))
	}
	p.markdown(&t)
	p.line("<sub>A rate held if every trial at it kept every objective and did not fall behind; the first trial that did not refutes it. Confirmed: a further run of as many trials as the scenario has blocks held at that rate too. "+
		"Such a bracket is no confidence interval, and variants are not compared by pairs: their trials share no blocks.<br>%s none found.</sub>\n", none)
	if err := p.capacityPlots(c); err != nil {
		return err
	}
	p.fold("Every trial", func() { p.capacityTrials(c) })
	p.warnings(c.run, c.spec.Name, nil)
	return nil
}

// objectiveWords says an objective in words.
func objectiveWords(o results.Objective) string {
	m, _ := results.MetricByName(o.Metric)
	how := map[string]string{"<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}[o.Op]
	return fmt.Sprintf("%s %s %s", m.Phrase, how, Quantity(o.Threshold, o.Unit))
}

// capacityUnits are the columns of the table of single trials.
var capacityUnits = []string{"goodput/s", "p50-sec", "p99-sec", "error-ratio", "reject-ratio", "timeout-ratio"}

// capacityTrials lists what every trial of a search gave, in the order of the
// run.
func (p *page) capacityTrials(c *capacity) {
	t := table.Table{Head: []string{"order", "variant", "rate, /s"}, Left: map[int]bool{1: true}}
	values := map[string][]float64{}
	for _, s := range c.searches {
		for _, r := range s.rates {
			for _, u := range capacityUnits {
				values[u] = append(values[u], r.Values(u)...)
			}
		}
	}
	scales := map[string]scale{}
	for _, u := range capacityUnits {
		scales[u] = scaleOf(u, values[u])
		t.Head = append(t.Head, strings.TrimSuffix(words(u)+", "+scales[u].unit, ", "))
	}
	type line struct {
		order int
		cells []string
	}
	var lines []line
	missing, behind := false, false
	for _, s := range c.searches {
		for _, r := range s.rates {
			for _, trial := range r.Trials {
				rate := scale{1, ""}.value(r.rate)
				if trial.Facts.Saturated {
					behind = true
					rate += " " + markSaturated
				}
				row := []string{fmt.Sprint(trial.Order), "`" + s.name + "`", rate}
				for _, u := range capacityUnits {
					text := none
					if v, ok := trial.Figures[u]; ok {
						text = scales[u].value(v)
					}
					missing = missing || text == none
					row = append(row, text)
				}
				lines = append(lines, line{trial.Order, row})
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.order - b.order })
	for _, l := range lines {
		t.Add(l.cells...)
	}
	p.markdown(&t)
	var notes []string
	if behind {
		notes = append(notes, markSaturated+" saturated: the server fell behind its schedule, so its latencies grow with the length of the trial.")
	}
	if missing {
		notes = append(notes, none+" not measured, or no such value in this trial.")
	}
	if len(notes) > 0 {
		p.line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
	}
}
