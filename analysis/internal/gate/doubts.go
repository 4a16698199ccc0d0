package gate

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/perf/benchunit"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/results"
)

// side is base or head of a check: one variant of a run, or the whole of a run if
// the variant is empty.
type side struct {
	run     *load.Run
	variant string
}

// doubts are reasons why a check may not pass, whatever its rows say: head misses
// an objective that base meets, or its server crashes and base's does not.
//
// Note: neither is a regression. The level of a check is spent on its rows, and an
// objective is decided at a level of its own.
func (c *collector) doubts(sources []load.Source) []string {
	var sides []side
	for _, s := range sources {
		run, ok := s.(*load.Run)
		if !ok {
			return nil
		}
		sides = append(sides, side{run, ""})
	}
	if len(sides) == 1 {
		sides = []side{{sides[0].run, c.options.Base}, {sides[0].run, c.options.Head}}
	}
	if c.in.Paired {
		c.crashesByBlock(sides[0], sides[1])
	}
	return append(c.broken(sides[0], sides[1]), c.crashed(sides[0], sides[1])...)
}

// promise is one objective of one cell, of whichever side.
type promise struct{ scenario, cell, objective string }

// promises are the objectives of a side. One input has the variant in the names of
// its cells, which is what the sides differ in.
func (s side) promises() map[promise]objective.Result {
	all := map[promise]objective.Result{}
	for _, r := range objective.Evaluate(s.run) {
		if p, ok := s.promise(r); ok {
			all[p] = r
		}
	}
	return all
}

// promise returns what an objective promises, without the variant of the side, so that
// base and head can be compared. ok is false if the result is of another variant.
func (s side) promise(r objective.Result) (p promise, ok bool) {
	cell := r.Cell
	if s.variant != "" {
		if cell, ok = strings.CutPrefix(cell+" ", s.variant+" "); !ok {
			return p, false
		}
	}
	return promise{r.Scenario, strings.TrimSpace(cell), r.Objective.Text}, true
}

// broken says which objectives base meets and head misses.
func (c *collector) broken(base, head side) []string {
	var said []string
	kept := base.promises()
	for _, r := range objective.Evaluate(head.run) {
		p, ok := head.promise(r)
		if !ok || r.Verdict != objective.Missed || kept[p].Verdict != objective.Met {
			continue
		}
		where := p.scenario
		if p.cell != "" {
			where += " " + p.cell
		}
		said = append(said, fmt.Sprintf("objective %s of %s: %s meets it and %s misses it (median %s)",
			p.objective, where, c.in.BaseLabel, c.in.HeadLabel, quantity(r.Median.Center, r.Objective.Unit)))
	}
	return said
}

// quantity prints a value of a dimension that objectives can have.
func quantity(v float64, d results.Dimension) string {
	switch {
	case math.IsInf(v, 1):
		return "> time-out"
	case d == results.Seconds:
		return benchunit.Scale(v, benchunit.Decimal) + "s"
	case d == results.Ratio:
		return fmt.Sprintf("%.2f %%", 100*v)
	}
	return benchunit.Scale(v, benchunit.Decimal) + "/s"
}

// crashed says whether servers of head ended by themselves, where none of base
// did. Trials that do not count are among them: a busy machine voids a trial, and
// ends no server.
func (c *collector) crashed(base, head side) []string {
	if n, _, _ := c.crashes(base); n > 0 {
		return nil
	}
	n, of, first := c.crashes(head)
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the server of %s ended before it was asked to in %d of %d trials (%s), and that of %s in none", c.in.HeadLabel, n, of, first, c.in.BaseLabel)}
}

// crashes counts the trials of a side in which a server ended by itself, and names
// the first. Controls are no part of a side.
func (c *collector) crashes(s side) (n, of int, first string) {
	for i := range s.run.Trials {
		t := &s.run.Trials[i]
		if s.variant != "" && t.Variant != s.variant || s.variant == "" && (c.controls[t.Variant] || c.copies[t.Variant] != "") {
			continue
		}
		of++
		if exit := ended(t); exit != "" {
			if n++; n == 1 {
				first = t.ID + ": " + exit
			}
		}
	}
	return n, of, first
}

// ended is how the first server of a trial that crashed ended, empty if none did.
func ended(t *results.Trial) string {
	for _, s := range t.Servers {
		if s.Crashed {
			return strings.TrimSpace(s.Name + " " + s.Exit)
		}
	}
	return ""
}
