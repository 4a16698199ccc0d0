package claims

import (
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Run is a bundle as a source of measurements. It keeps what it has read.
type Run struct {
	run   *load.Run
	cells map[string][]load.Cell // by scenario
	kept  map[string]reading
	// Problems are what could not be read.
	Problems []error
}

type reading struct {
	byBlock   map[int]float64
	mark, why string
}

// NewRun prepares a bundle.
func NewRun(run *load.Run) *Run {
	r := &Run{run: run, cells: map[string][]load.Cell{}, kept: map[string]reading{}}
	for _, c := range run.Cells("") {
		r.cells[c.Scenario] = append(r.cells[c.Scenario], c)
	}
	return r
}

// Ran reports whether a scenario was run or skipped, and not merely absent.
func (r *Run) Ran(scenario string) bool {
	scenario, _ = load.CellNamed(r.run.Manifest, scenario)
	return r.run.Manifest.Scenario(scenario) != nil ||
		slices.ContainsFunc(r.run.Manifest.Skipped, func(s results.Skipped) bool { return s.Scenario == scenario })
}

// Values implements [Source].
func (r *Run) Values(c Subject, name string) (byBlock map[int]float64, mark, why string) {
	key := fmt.Sprint(c.Scenario, "|", c.Variant, "|", c.Matrix, "|", c.Stream, "|", name)
	k, ok := r.kept[key]
	if !ok {
		k = r.read(c, name)
		r.kept[key] = k
	}
	return k.byBlock, k.mark, k.why
}

// read finds the cell of a subject and reads a metric of its trials.
func (r *Run) read(c Subject, name string) reading {
	if scenario, matrix := load.CellNamed(r.run.Manifest, c.Scenario); matrix != nil && c.Matrix == nil {
		c.Scenario, c.Matrix = scenario, matrix
	}
	if why := r.absent(c.Scenario); why != "" {
		return reading{why: why}
	}
	if n := len(r.run.Manifest.Host.CPUs); n != ruleCores && inCores(c) {
		return reading{why: fmt.Sprintf("`%s` has the sizes for %d CPUs, and this machine has %d", c.Scenario, ruleCores, n)}
	}
	for _, cell := range r.cells[c.Scenario] {
		if cell.Variant == c.Variant && cell.Stream == c.Stream && maps.Equal(cell.Matrix, c.Matrix) {
			return r.values(cell, name)
		}
	}
	return reading{why: fmt.Sprintf("`%s` has no trial of %s", c.Scenario, load.Cell{Variant: c.Variant, Matrix: c.Matrix, Stream: c.Stream}.Label())}
}

// absent says why a run has no trials of a scenario. It is empty if it has some.
func (r *Run) absent(scenario string) string {
	for _, s := range r.run.Manifest.Skipped {
		if s.Scenario == scenario {
			return fmt.Sprintf("`%s` was skipped: %s", scenario, s.Why)
		}
	}
	switch {
	case r.run.Manifest.Scenario(scenario) == nil:
		return fmt.Sprintf("this run has no `%s`", scenario)
	case len(r.cells[scenario]) == 0:
		return fmt.Sprintf("no trial of `%s` counts", scenario)
	}
	return ""
}

// values reads a metric of every trial of a cell, by block, and says why it may not be
// judged.
func (r *Run) values(cell load.Cell, name string) reading {
	k := reading{byBlock: map[int]float64{}}
	var facts []*load.Facts
	few := false
	for _, t := range cell.Trials {
		v, ok, err := value(r.run, t, name)
		if err != nil {
			r.Problems = append(r.Problems, err)
		}
		if !ok || err != nil {
			continue
		}
		k.byBlock[t.Block] = v
		facts = append(facts, t.Facts)
		few = few || valuesOf(t, name) < minValues(name)
	}
	f := compare.Sum(facts)
	switch {
	case len(k.byBlock) == 0:
		k.why = fmt.Sprintf("`%s` did not measure it", cell.Scenario)
	case len(facts) < len(cell.Trials):
		// Time-outs, for one, leave a trial without a mean: the rest are the better
		// ones.
		k.mark = fmt.Sprintf("%d of %d trials have no such value", len(cell.Trials)-len(facts), len(cell.Trials))
	case limited(f, name):
		k.mark = "the load generator was the limit, and not the server"
	case isLatency(name) && f.Saturated > 0:
		k.mark = "the server fell behind its schedule"
	case few:
		k.mark = fmt.Sprintf("a trial has fewer than %d values", minValues(name))
	case generatorShare(f, name) > compare.ShareLimit:
		k.mark = "the load generator's own delay is more than 5 % of the p99"
		if units.IsLatency(name) {
			k.mark = "the load generator's own delay is more than 5 % of it"
		}
	}
	return k
}
