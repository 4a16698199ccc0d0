package objective

import (
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// cell makes trials with the given values of a figure.
func cell(unit string, facts load.Facts, values ...float64) load.Cell {
	var c load.Cell
	for _, v := range values {
		f := facts
		c.Trials = append(c.Trials, load.Trial{Figures: map[string]float64{unit: v}, Facts: &f})
	}
	return c
}

// without adds trials that lack the figure.
func without(c load.Cell, trials int) load.Cell {
	for range trials {
		c.Trials = append(c.Trials, load.Trial{Figures: map[string]float64{}, Facts: c.Trials[0].Facts})
	}
	return c
}

func TestDecide(t *testing.T) {
	many := load.Facts{Open: true, Values: 100_000}
	below := results.Objective{Metric: "p99", Op: "<", Threshold: 0.2}
	above := results.Objective{Metric: "goodput", Op: ">", Threshold: 500}
	for _, c := range []struct {
		name string
		cell load.Cell
		o    results.Objective
		want string
	}{
		{"all inside", cell("p99-sec", many, .1, .11, .12, .13, .14, .15), below, Met},
		{"all outside", cell("p99-sec", many, .21, .22, .23, .24, .25, .26), below, Missed},
		{"straddling", cell("p99-sec", many, .1, .15, .19, .21, .25, .3), below, Undecided},
		{"exactly at a strict limit", cell("p99-sec", many, .2, .2, .2, .2, .2, .2), below, Missed},
		{"four trials", cell("p99-sec", many, .1, .1, .1, .1), below, Undecided},
		{"one bad trial of ten", cell("p99-sec", many, .1, .1, .1, .1, .1, .1, .1, .1, .1, .9), below, Met},
		{"saturated", cell("p99-sec", load.Facts{Open: true, Values: 100_000, Saturated: true}, .1, .1, .1, .1, .1, .1), below, Undecided},
		{"generator-limited", cell("p99-sec", load.Facts{Open: true, Values: 100_000, Limited: true}, .1, .1, .1, .1, .1, .1), below, Undecided},
		{"met in spite of a delay", cell("p99-sec", load.Facts{Open: true, Values: 100_000, Limited: true, Delayed: true}, .1, .1, .1, .1, .1, .1), below, Met},
		{"not met, with a delay", cell("p99-sec", load.Facts{Open: true, Values: 100_000, Limited: true, Delayed: true}, .3, .3, .3, .3, .3, .3), below, Undecided},
		{"few values", cell("p99-sec", load.Facts{Open: true, Values: 900}, .1, .1, .1, .1, .1, .1), below, Undecided},
		{"not measured", cell("p50-sec", many, 1, 1, 1, 1, 1, 1), below, Undecided},
		{"half of the trials without", without(cell("p99-sec", many, .1, .1, .1, .1, .1), 5), below, Undecided},
		{"one of the trials without", without(cell("p99-sec", many, .1, .1, .1, .1, .1, .1, .1, .1, .1), 1), below, Undecided},
		{"no trial", load.Cell{}, below, Undecided},
		{"goodput above", cell("goodput/s", many, 510, 520, 530, 540, 550, 560), above, Met},
		{"goodput below", cell("goodput/s", many, 410, 420, 430, 440, 450, 460), above, Missed},
	} {
		got := decide("s", c.cell, c.o)
		if got.Verdict != c.want || (got.Why == "") != (c.want != Undecided) {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
}

// What was planned and has no trial that counts has held nothing; copies and
// controls promise nothing.
func TestEveryPlannedCell(t *testing.T) {
	spec := results.Scenario{
		Name: "s", Streams: []results.Stream{{Name: "load"}}, Control: "slowed",
		Variants:   []results.Variant{{Name: "a"}, {Name: "b"}, {Name: "a-aa", AAOf: "a"}, {Name: "slowed"}},
		Objectives: []results.Objective{{Text: "errors < 1%", Metric: "errors", Op: "<", Threshold: 0.01}},
	}
	m := &results.Manifest{Scenarios: []results.Scenario{spec}}
	run := &load.Run{Bundle: &results.Bundle{Manifest: m}}
	for block := 1; block <= 6; block++ {
		for _, v := range spec.Variants {
			m.Plan = append(m.Plan, results.Planned{Block: block, Scenario: "s", Variant: v.Name})
		}
		run.Trials = append(run.Trials, results.Trial{
			Block: block, Scenario: "s", Variant: "a", Valid: true,
			Streams: []results.StreamResult{{Name: "load", Outcomes: results.Outcomes{OK: 100}}},
		})
	}
	var got []string
	for _, r := range Evaluate(run) {
		got = append(got, r.Cell+" "+r.Verdict+" "+r.Why)
	}
	if want := []string{"a met ", "b undecided no trial counts"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// An objective of a target is decided for that target alone, planned or measured, and one
// of the scenario for streams as a whole.
func TestObjectivesOfTargets(t *testing.T) {
	errors := func(stream, target string) results.Objective {
		return results.Objective{Text: "errors < 1%", Metric: "errors", Op: "<", Threshold: 0.01, Stream: stream, Target: target}
	}
	spec := results.Scenario{
		Name: "s", Variants: []results.Variant{{Name: "a"}, {Name: "b"}},
		Streams: []results.Stream{
			{Name: "x", Targets: []results.Target{{Name: "list"}, {Name: "create"}}},
			{Name: "y", Targets: []results.Target{{Name: "list"}, {Name: "other"}}},
		},
		Objectives: []results.Objective{errors("", ""), errors("x", "list"), errors("y", "")},
	}
	m := &results.Manifest{Scenarios: []results.Scenario{spec}}
	run := &load.Run{Bundle: &results.Bundle{Manifest: m}}
	good, bad := results.Outcomes{OK: 100}, results.Outcomes{OK: 50, Error: 50}
	for block := 1; block <= 6; block++ {
		for _, v := range spec.Variants {
			m.Plan = append(m.Plan, results.Planned{Block: block, Scenario: "s", Variant: v.Name})
		}
		run.Trials = append(run.Trials, results.Trial{
			Block: block, Scenario: "s", Variant: "a", Valid: true,
			Streams: []results.StreamResult{
				{Name: "x", Outcomes: good, Targets: []results.StreamResult{{Name: "list", Outcomes: bad}, {Name: "create", Outcomes: good}}},
				{Name: "y", Outcomes: good, Targets: []results.StreamResult{{Name: "list", Outcomes: good}}},
			},
		})
	}
	var got []string
	for _, r := range Evaluate(run) {
		got = append(got, r.Cell+": "+r.Objective.Label()+": "+r.Verdict)
	}
	want := []string{
		"a x: errors < 1%: met", "a y: errors < 1%: met", "a y: y: errors < 1%: met", "a x list: x: list: errors < 1%: missed",
		"b x: errors < 1%: undecided", "b x list: x: list: errors < 1%: undecided", "b y: errors < 1%: undecided", "b y: y: errors < 1%: undecided",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFailedIsASum(t *testing.T) {
	var c load.Cell
	for range 6 {
		s := &results.StreamResult{Outcomes: results.Outcomes{OK: 92, Error: 3, Rejected: 3, Timeout: 2}}
		figures := results.Figures(&results.Manifest{}, &results.Trial{}, s)
		c.Trials = append(c.Trials, load.Trial{Facts: &load.Facts{}, Stream: s, Figures: figures})
	}
	r := decide("s", c, results.Objective{Metric: "failed", Op: "<", Threshold: 0.07})
	if r.Verdict != Missed || r.Median.Center < 0.0799 {
		t.Errorf("%+v, want 8 %% and missed", r)
	}
}
