package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// fixed names the scenarios of which base and head are one binary each: nothing in the
// scenario links them anew for each block. Servers that already run are not among them,
// because nobody knows how they were built.
func fixed(run *load.Run) []string {
	var names []string
	for _, s := range run.Manifest.Scenarios {
		starts := slices.ContainsFunc(s.Servers, func(server results.Server) bool { return server.URL == "" })
		if starts && !strings.Contains(s.Text, "${layout}") {
			names = append(names, s.Name)
		}
	}
	return names
}

// remark tells what a reader of the verdict ought to know about a run.
func (c *collector) remark(run *load.Run) {
	m := run.Manifest
	switch m.State {
	case results.StateInterrupted:
		c.in.Notes = append(c.in.Notes, run.Dir+": the run was interrupted before all of its blocks were done")
	case results.StateFailed:
		c.in.Notes = append(c.in.Notes, fmt.Sprintf("%s: the run failed: %s", run.Dir, m.Failure))
	}
	if m.Quick {
		c.in.Notes = append(c.in.Notes, run.Dir+": a quick run, with short windows and few blocks")
	}
	if names := fixed(run); len(names) > 0 {
		c.in.Notes = append(c.in.Notes, fmt.Sprintf("warning: in %s base and head are one binary each. Where its code happens to lie in memory makes a program some 2 to 3 %% faster or slower, "+
			"in all of its trials alike, so that two equal builds may differ by more than chance: let the scenario build the server for each block, in Go with -ldflags=-randlayout=${layout}", strings.Join(names, ", ")))
	}
	for _, s := range m.Skipped {
		c.in.NotGated = append(c.in.NotGated, NotGated{Name: s.Scenario, Why: "not measured here: " + s.Why})
	}
	for _, s := range m.Scenarios {
		for _, server := range s.Servers {
			if server.URL != "" {
				c.in.Notes = append(c.in.Notes, fmt.Sprintf("%s: %s was not restarted: its trials depend on each other", s.Name, server.URL))
			}
		}
		has := func(variant string) bool {
			return slices.ContainsFunc(s.Variants, func(v results.Variant) bool { return v.Name == variant })
		}
		if o := c.options; o.Base != "" && !has(o.Base) && !has(o.Head) {
			c.in.NotGated = append(c.in.NotGated, NotGated{Name: s.Name, Why: fmt.Sprintf("has neither %s nor %s", o.Base, o.Head)})
		}
	}
}

// planned notes the scenarios of a run that a pass has to rest on. A metric that was
// asked for may be none of a scenario's; then it is enough that base and head have a
// trial each that counts.
func (c *collector) planned(run *load.Run) {
	for _, s := range run.Manifest.Scenarios {
		part := func(variant string) bool {
			if c.options.Base != "" {
				return variant == c.options.Base || variant == c.options.Head
			}
			return !c.controls[variant] && c.copies[variant] == ""
		}
		var sides []string
		for _, v := range s.Variants {
			if part(v.Name) {
				sides = append(sides, v.Name)
			}
		}
		if len(sides) == 0 || slices.Contains(c.in.Scenarios, s.Name) {
			continue
		}
		of := func(r Row) bool { return scenarioOf(r.Name) == s.Name }
		if c.metrics != nil && !slices.ContainsFunc(c.in.Rows, of) && counts(run, s.Name, sides) {
			continue
		}
		c.in.Scenarios = append(c.in.Scenarios, s.Name)
	}
}

// counts reports whether every variant has a trial of the scenario that counts.
func counts(run *load.Run, scenario string, variants []string) bool {
	for _, v := range variants {
		if !slices.ContainsFunc(run.Trials, func(t results.Trial) bool { return t.Valid && t.Scenario == scenario && t.Variant == v }) {
			return false
		}
	}
	return true
}
