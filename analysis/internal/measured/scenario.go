package measured

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// Scenario is one scenario of one bundle with everything that is computed for it.
type Scenario struct {
	// Run is the bundle that holds the scenario, and Spec is what its manifest says of
	// it.
	Run  *load.Run
	Spec *results.Scenario
	Key  string // unique in a report: the start of plots' names
	// Groups are the variants by matrix cell and stream, in the order of the scenario.
	Groups   []*Group
	Rows     []effect.Row // every other variant against the first
	AA       []effect.Row // every A/A copy against its original
	Problems []error      // what could not be read
}

// newScenario computes one scenario, of which a trial must count.
func newScenario(run *load.Run, spec *results.Scenario, key string, slots map[string]int) (*Scenario, error) {
	s := &Scenario{Run: run, Spec: spec, Key: key}
	for _, c := range run.Cells(spec.Name) {
		s.add(c, slots)
	}
	for _, c := range run.TargetCells(spec.Name) {
		s.addTarget(c, slots)
	}
	for i, g := range s.Groups {
		g.Key = key
		if len(s.Groups) > 1 {
			g.Key = fmt.Sprintf("%s-%d", key, i+1)
		}
	}
	if err := s.compare(); err != nil {
		return nil, err
	}
	return s, nil
}

// add computes a cell of the bundle and adds it to its group. The cells of one group
// follow each other, so that a cell belongs to the last group or begins a new one.
func (s *Scenario) add(c load.Cell, slots map[string]int) {
	spec := s.Spec.In(c.Variant, c.Matrix)
	stream := streamOf(spec, c.Trials[0].Stream.Name)
	label := strings.TrimPrefix(strings.TrimPrefix(c.Label(), c.Variant), " ")
	if n := len(s.Groups); n == 0 || s.Groups[n-1].Label != label {
		s.Groups = append(s.Groups, &Group{Scenario: s, Label: label, Stream: stream, Warmup: spec.Warmup})
	}
	g := s.Groups[len(s.Groups)-1]
	v := s.newVariant(c, slots)
	s.Problems = append(s.Problems, v.profile(s.Run)...)
	s.Problems = append(s.Problems, v.recover(s.Run, spec, stream)...)
	g.Variants = append(g.Variants, v)
}

// addTarget adds what a variant did under one target of its stream.
func (s *Scenario) addTarget(c load.Cell, slots map[string]int) {
	of := c
	of.Target = ""
	for _, g := range s.Groups {
		for _, v := range g.Variants {
			if v.Label() == of.Label() {
				v.Targets = append(v.Targets, s.newVariant(c, slots))
			}
		}
	}
}

// newVariant sums the recorded facts of a cell and takes the medians of its
// figures.
func (s *Scenario) newVariant(c load.Cell, slots map[string]int) *Variant {
	name := c.Trials[0].Name()
	v := &Variant{
		Cell:    c,
		rowName: strings.Replace(name, "/variant="+c.Variant, "", 1),
		Slot:    slots[c.Variant],
		Control: c.Variant == s.Spec.Control,
		Medians: map[string]stats.Estimate{},
	}
	for _, spec := range s.Spec.Variants {
		if spec.Name == c.Variant {
			v.AAOf = spec.AAOf
		}
	}
	var facts []*load.Facts
	units := map[string]bool{}
	for _, t := range c.Trials {
		facts = append(facts, t.Facts)
		for u := range t.Figures {
			units[u] = true
		}
	}
	v.Facts = compare.Sum(facts)
	for u := range units {
		v.Medians[u] = stats.Median(c.Values(u))
	}
	return v
}

// streamOf is the load of a name, as a scenario declares it.
func streamOf(spec *results.Scenario, name string) results.Stream {
	for _, st := range spec.Streams {
		if st.Name == name {
			return st
		}
	}
	return results.Stream{Name: name}
}

// compare sets every variant beside the first, and every A/A copy beside its
// original. A/A copies and positive controls are not compared with the first variant.
// Variants whose first one was not measured are not compared at all.
func (s *Scenario) compare() error {
	filter := "/scenario:" + s.Spec.Name
	var compared []string
	base := s.Groups[0].Variants[0].Variant
	for _, v := range s.Spec.Variants {
		present := slices.ContainsFunc(s.Groups, func(g *Group) bool {
			return slices.ContainsFunc(g.Variants, func(x *Variant) bool { return x.Variant == v.Name })
		})
		switch {
		case !present:
		case v.AAOf != "":
			rows, err := s.rowsOf(compare.Options{Filter: filter, Base: v.AAOf, Head: v.Name})
			if err != nil {
				return err
			}
			s.AA = append(s.AA, rows...)
		case v.Name != s.Spec.Control:
			compared = append(compared, v.Name)
		}
	}
	if len(compared) < 2 || compared[0] != base {
		return nil
	}
	rows, err := s.rowsOf(compare.Options{Filter: filter, Col: "/variant@(" + strings.Join(compared, " ") + ")"})
	s.Rows = rows
	return err
}

// rowsOf compares variants. Two variants whose servers ran with different GOMAXPROCS
// have no rows, because their results have different names.
func (s *Scenario) rowsOf(o compare.Options) ([]effect.Row, error) {
	res, err := effect.Run([]load.Source{s.Run}, o)
	if errors.Is(err, compare.ErrNothing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", s.Spec.Name, err)
	}
	return res.Rows, nil
}

// Row is the comparison of a variant with the first variant in one unit, nil if there
// is none.
func (s *Scenario) Row(v *Variant, unit string) *effect.Row {
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Name == v.rowName && r.Unit == unit && r.Head.Label == v.Variant {
			return r
		}
	}
	return nil
}

// MeasuredBy is the group and the variant that a comparison's head was measured in,
// nil if there are none. A row of a target was measured in its stream's.
func (s *Scenario) MeasuredBy(r *effect.Row) (*Group, *Variant) {
	is := func(v *Variant) bool { return v.rowName == r.Name && v.Variant == r.Head.Label }
	for _, g := range s.Groups {
		for _, v := range g.Variants {
			if is(v) || slices.ContainsFunc(v.Targets, is) {
				return g, v
			}
		}
	}
	return nil, nil
}

// Estimates are the medians of a unit over all cells of the study.
func (s *Scenario) Estimates(unit string) []float64 {
	var v []float64
	for _, g := range s.Groups {
		for _, c := range g.Variants {
			if e, ok := c.Medians[unit]; ok {
				v = append(v, e.Center)
			}
		}
	}
	return v
}

// TrialCounts is the smallest and largest number of trials of a cell, and the
// confidence achieved with the smallest.
func (s *Scenario) TrialCounts() (lowest, highest int, confidence float64) {
	lowest = math.MaxInt
	for _, g := range s.Groups {
		for _, c := range g.Variants {
			lowest, highest = min(lowest, len(c.Trials)), max(highest, len(c.Trials))
		}
	}
	return lowest, highest, stats.Median(make([]float64, lowest)).Confidence
}
