package measured

import (
	"fmt"
	"maps"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Bundles is everything that is computed from one or more bundles.
type Bundles struct {
	// Runs are the bundles in the order in which they were given.
	Runs      []*load.Run
	Scenarios []*Scenario // in the order of the bundles
	Searches  []*Search   // in the order of the bundles
	Problems  []error     // what could not be read, and scenarios of which no trial counts
}

// Compute reads the bundles and computes every scenario of which a trial counts. Slots
// are the colours of variants by name; Compute adds those of variants that only a
// search has. Compute ends with an error at the first scenario that cannot be computed.
func Compute(runs []*load.Run, slots map[string]int) (*Bundles, error) {
	b := &Bundles{Runs: runs}
	times := map[string]int{} // how often a scenario's name was used
	for _, run := range runs {
		b.Problems = append(b.Problems, run.Problems()...)
		for i := range run.Manifest.Scenarios {
			spec := &run.Manifest.Scenarios[i]
			key := spec.Name
			if times[spec.Name]++; times[spec.Name] > 1 {
				key = fmt.Sprintf("%s-%d", spec.Name, times[spec.Name])
			}
			if err := b.add(run, spec, key, slots); err != nil {
				return nil, err
			}
		}
		b.adjust(run)
	}
	return b, nil
}

// add computes one scenario, which was searched or measured in blocks.
func (b *Bundles) add(run *load.Run, spec *results.Scenario, key string, slots map[string]int) error {
	switch {
	case len(run.Cells(spec.Name)) == 0:
		b.Problems = append(b.Problems, fmt.Errorf("scenario %s: no trial that counts", spec.Name))
	case run.Searched(spec.Name):
		s, err := newSearch(run, spec, key, slots)
		if err != nil {
			return err
		}
		b.Searches = append(b.Searches, s)
	default:
		s, err := newScenario(run, spec, key, slots)
		if err != nil {
			return err
		}
		b.Scenarios = append(b.Scenarios, s)
	}
	return nil
}

// adjust adjusts the p-values of a run's comparisons together. Blocks of different
// runs have nothing in common, so each run is a family of its own.
func (b *Bundles) adjust(run *load.Run) {
	var rows []*effect.Row
	for _, s := range b.Scenarios {
		for i := range s.Rows {
			if s.Run == run {
				rows = append(rows, &s.Rows[i])
			}
		}
	}
	effect.Adjust(rows)
}

// Find is the group of a scenario in which a stream is measured, nil if there is
// none. An empty stream means the scenario's first. The name may be that of a cell, as
// [load.CellNamed] resolves it.
func (b *Bundles) Find(scenario, stream string) *Group {
	for _, s := range b.Scenarios {
		name, matrix := load.CellNamed(s.Run.Manifest, scenario)
		if s.Spec.Name != name {
			continue
		}
		for _, g := range s.Groups {
			if matrix != nil && !maps.Equal(g.Variants[0].Matrix, matrix) {
				continue
			}
			if g.Variants[0].Stream == stream || stream == "" && g.Stream.Name == s.Spec.Streams[0].Name {
				return g
			}
		}
	}
	return nil
}
