// Package objective decides whether a run meets the objectives of its scenarios. An
// objective is met if the one-sided 95 % bound of the median over trials is inside
// the limit, and missed if the bound on the other side is outside the limit.
// Otherwise it is undecided. It is also undecided if nothing may be concluded: for
// example, a mean does not exist in a trial with time-outs, and such a trial must
// not count as a good one. The package reads through package load and prints
// nothing.
package objective

import (
	"fmt"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Verdicts.
const (
	Met       = "met"
	Missed    = "missed"
	Undecided = "undecided"
)

// Result is the decision on one objective for one cell.
type Result struct {
	// Cell is the label of a variant with its matrix cell and stream.
	Scenario, Cell string
	// Objective is as in the manifest.
	Objective  results.Objective
	Median     stats.Estimate // in the unit of the objective; without values if a trial has none
	Bound      float64        // the one-sided bound that decides; NaN if there is none
	Confidence float64        // the confidence that Bound achieves
	Verdict    string         // one of the verdicts above
	Why        string         // why the objective is undecided
}

// Evaluate decides every objective of a run for every planned cell, measured or not.
// It leaves out A/A copies, positive controls, which are slow on purpose, and
// searches, which exceed the objectives on purpose. The objectives of a skipped
// scenario are not known.
func Evaluate(run *load.Run) []Result {
	var all []Result
	for i := range run.Manifest.Scenarios {
		spec := &run.Manifest.Scenarios[i]
		if len(spec.Objectives) == 0 || run.Searched(spec.Name) {
			continue
		}
		skip := map[string]bool{spec.Control: spec.Control != ""}
		for _, v := range spec.Variants {
			skip[v.Name] = skip[v.Name] || v.AAOf != ""
		}
		for _, c := range cells(run, spec) {
			if skip[c.Variant] {
				continue
			}
			for _, o := range spec.In(c.Variant, c.Matrix).Objectives {
				if o.Concerns(c.Stream, c.Target) {
					all = append(all, decide(spec.Name, c, o))
				}
			}
		}
	}
	return all
}

// cells returns the cells of the scenario's trials, those of streams as a whole before
// those of targets, followed by those of the plan without a valid trial.
func cells(run *load.Run, spec *results.Scenario) []load.Cell {
	all := slices.Concat(run.Cells(spec.Name), run.TargetCells(spec.Name))
	known := map[string]bool{}
	for _, c := range all {
		known[c.Label()] = true
	}
	for _, p := range run.Manifest.Plan {
		if p.Scenario != spec.Name {
			continue
		}
		for _, s := range spec.Streams {
			targets := []string{""}
			for _, t := range s.Targets {
				targets = append(targets, t.Name)
			}
			for _, target := range targets {
				c := load.Cell{Scenario: p.Scenario, Variant: p.Variant, Matrix: p.Matrix, Target: target}
				if len(spec.Streams) > 1 {
					c.Stream = s.Name
				}
				if !known[c.Label()] {
					known[c.Label()] = true
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// decide decides one objective for one cell. A trial without the figure leaves it
// undecided: to judge the others alone would reward a variant for the trials that went
// worst.
func decide(scenario string, c load.Cell, o results.Objective) Result {
	r := Result{Scenario: scenario, Cell: c.Label(), Objective: o, Bound: math.NaN(), Confidence: math.NaN(), Verdict: Undecided}
	m, _ := results.MetricByName(o.Metric)
	var values []float64
	for _, t := range c.Trials {
		if v, ok := t.Figure(m); ok {
			values = append(values, v)
		}
	}
	without := len(c.Trials) - len(values)
	switch {
	case len(c.Trials) == 0:
		r.Why = "no trial counts"
	case len(values) == 0:
		r.Why = "not measured"
	case without > 0:
		r.Why = fmt.Sprintf("no %s in %d of %d trials", o.Metric, without, len(c.Trials))
	}
	if r.Why != "" {
		r.Median = stats.Median(nil)
		return r
	}
	r.Median = stats.Median(values)
	facts := factsOf(c)
	if r.Why = whyNotJudged(facts, m); r.Why != "" {
		return r
	}
	above := o.Op == "<" || o.Op == "<="
	r.Bound, r.Confidence = stats.MedianBound(values, above, stats.Level)
	if math.IsNaN(r.Bound) {
		r.Why = fmt.Sprintf("%d trials are too few for a 95 %% bound", len(values))
		return r
	}
	if holds(r.Bound, o) {
		r.Verdict = Met
		return r
	}
	// What something else delayed looks worse than the server was: it can only be met.
	if n := facts.DelayedIn(m.Unit); n > 0 {
		r.Why = fmt.Sprintf("something else kept the load generator from running in %d of %d trials", n, facts.Trials)
		return r
	}
	// The bound on the other side tells missed from undecided.
	if other, confidence := stats.MedianBound(values, !above, stats.Level); !holds(other, o) {
		r.Bound, r.Confidence, r.Verdict = other, confidence, Missed
		return r
	}
	r.Why = "the limit lies inside the interval"
	return r
}

// factsOf summarises the facts of the trials of a cell.
func factsOf(c load.Cell) compare.Facts {
	var facts []*load.Facts
	for _, t := range c.Trials {
		facts = append(facts, t.Facts)
	}
	return compare.Sum(facts)
}

// whyNotJudged explains why a figure may not be judged, or returns "".
func whyNotJudged(f compare.Facts, m results.Metric) string {
	switch {
	case f.LimitedIn(m.Unit) > f.DelayedIn(m.Unit):
		return fmt.Sprintf("generator-limited in %d of %d trials: lower the load, or give the generator more CPUs", f.LimitedIn(m.Unit), f.Trials)
	case units.Quantile(m.Unit) > 0 && f.Saturated > 0:
		return fmt.Sprintf("saturated in %d of %d trials", f.Saturated, f.Trials)
	case m.Fewest > 0 && f.Values < m.Fewest:
		return fmt.Sprintf("too few values for a %s: %d in a trial, and %d are needed", m.Name, f.Values, m.Fewest)
	}
	return ""
}

// holds reports whether a value keeps an objective.
func holds(v float64, o results.Objective) bool {
	switch o.Op {
	case "<":
		return v < o.Threshold
	case "<=":
		return v <= o.Threshold
	case ">":
		return v > o.Threshold
	case ">=":
		return v >= o.Threshold
	}
	return false
}
