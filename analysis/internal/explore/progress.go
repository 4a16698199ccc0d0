package explore

import (
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/results"
)

// How much a page that follows a run shows of it.
const (
	mostLatest   = 60 // trials in the curve
	mostWarnings = 8
)

// progress is how far a run is.
type progress struct {
	Name     string `json:"name"`     // of the bundle's folder
	State    string `json:"state"`    // one of the states of a manifest
	Planned  int    `json:"planned"`  // trials
	Finished int    `json:"finished"` // planned trials that have a valid result
	Counted  int    `json:"counted"`  // what the page would show: trials and streams that count
	// ETA is in seconds, and null if the run is not under way or has no trial yet. Next
	// is the trial that comes next, in words; it is absent at the end.
	ETA      *float64 `json:"eta_seconds"`
	Next     string   `json:"next,omitempty"`
	Warnings []string `json:"warnings"` // the latest ones, latest first

	// Latest are the latest trials of the scenario under way, in their order, by the
	// figure that the report shows of single trials.
	Scenario string `json:"scenario"`
	// Metric is the name of that figure in words.
	Metric  string   `json:"metric"`
	Highest string   `json:"highest"` // as it is printed
	Latest  []latest `json:"latest"`
}

// latest is one trial of the curve.
type latest struct {
	// Slot is the index of the variant's colour. Value is in base units.
	Variant string `json:"variant"`
	Slot    int    `json:"slot"`
	Value   number `json:"value"`
}

// progressOf reads how far a run is from its plan and its finished trials. The time that
// is left is that of the trials so far, pauses between them included.
func progressOf(run *load.Run) progress {
	m := run.Manifest
	p := progress{Name: folder(run), State: m.State, Planned: len(m.Plan), Warnings: []string{}, Latest: []latest{}}
	done := map[[2]any]bool{}
	key := func(scenario, variant string, matrix map[string]string, block int) [2]any {
		return [2]any{results.TrialID(scenario, variant, matrix, block, 1), block}
	}
	for _, t := range run.Valid() {
		done[key(t.Scenario, t.Variant, t.Matrix, t.Block)] = true
		p.Counted += len(t.Streams)
	}
	for _, planned := range m.Plan {
		switch {
		case done[key(planned.Scenario, planned.Variant, planned.Matrix, planned.Block)]:
			p.Finished++
		case p.Next == "":
			p.Next = planned.Scenario + " " + planned.Variant + ", block " + format.Count(planned.Block)
		}
	}
	if n := len(run.Trials); n > 0 && m.State == results.StateRunning {
		last := run.Trials[n-1]
		eta := (last.Start + last.Duration) / float64(n) * float64(p.Planned-p.Finished)
		p.ETA = &eta
	}
	p.warn(run)
	p.curve(run)
	return p
}

// warn takes the latest warnings.
func (p *progress) warn(run *load.Run) {
	for _, t := range slices.Backward(run.Trials) {
		for _, w := range slices.Concat(t.Invalid, t.Warnings) {
			if len(p.Warnings) < mostWarnings {
				p.Warnings = append(p.Warnings, t.ID+": "+w)
			}
		}
	}
}

// curve takes the latest trials of the scenario that was measured last.
func (p *progress) curve(run *load.Run) {
	if len(run.Trials) == 0 {
		return
	}
	last := run.Trials[len(run.Trials)-1]
	p.Scenario = last.Scenario
	slots := report.Colours([]*load.Run{run})
	var values []float64
	unit := ""
	for _, t := range run.Trials {
		if t.Scenario != p.Scenario || len(t.Streams) == 0 {
			continue
		}
		s := &t.Streams[0]
		if unit == "" {
			unit = "goodput/s"
			if s.Model == results.ModelOpen {
				unit = "p99-sec"
			}
		}
		if v, ok := results.Figures(run.Manifest, &t, s)[unit]; ok {
			p.Latest = append(p.Latest, latest{t.Variant, slots[t.Variant], number(v)})
			values = append(values, v)
		}
	}
	first := max(0, len(values)-mostLatest)
	p.Latest, values = p.Latest[first:], values[first:]
	if len(values) == 0 {
		return
	}
	sc := format.ScaleOf(unit, values)
	p.Metric, p.Highest = words.Metric(unit), sc.Value(slices.Max(values))+" "+sc.Unit
}
