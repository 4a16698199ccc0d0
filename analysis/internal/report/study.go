package report

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

// study is one scenario of one bundle with everything that is computed for it.
type study struct {
	run    *load.Run
	spec   *results.Scenario
	key    string // unique on the page: part of plots' names
	groups []group
	rows   []effect.Row // every other variant against the first
	aa     []effect.Row // every A/A copy against its original
	notes  []string     // what could not be read
}

// group are the cells that compare with each other: one per variant, under one
// matrix cell and stream. The first is the base.
type group struct {
	label string // matrix cell and stream, empty if there is one only
	load  results.Stream
	cells []cell
}

// cell is one row of a scenario's tables.
type cell struct {
	load.Cell
	name    string // row key in comparisons, without the variant
	slot    int    // colour
	aaOf    string
	control bool
	facts   compare.Facts
	medians map[string]stats.Estimate
	curves  curves
	parts   map[string]ledger
	time    *timeline
	pooled  []stats.Counts // the headline of every trial, for percentiles over all requests
	uneven  int            // trials whose latency changes level inside the window

	recovery *recovery // nil if the load has no spike
}

func (c cell) open() bool { return c.Trials[0].Facts.Open }

// newStudy computes one scenario. It returns nil if the scenario has no trial
// that counts.
func newStudy(run *load.Run, spec *results.Scenario, key string, slots map[string]int) (*study, error) {
	s := &study{run: run, spec: spec, key: key}
	cells := run.Cells(spec.Name)
	if len(cells) == 0 {
		return nil, nil
	}
	for _, c := range cells {
		s.add(c, slots)
	}
	if err := s.compare(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *study) add(c load.Cell, slots map[string]int) {
	t := c.Trials[0]
	k := cell{Cell: c, medians: map[string]stats.Estimate{}, control: c.Variant == s.spec.Control}
	name := strings.TrimPrefix(results.BenchName(t.Trial, t.Stream, t.Server), "Benchmark")
	k.name = strings.Replace(name, "/variant="+c.Variant, "", 1)
	for _, v := range s.spec.Variants {
		if v.Name == c.Variant {
			k.aaOf = v.AAOf
		}
	}
	k.slot = slots[c.Variant]
	var facts []*load.Facts
	units := map[string]bool{}
	for _, t := range c.Trials {
		facts = append(facts, t.Facts)
		for u := range t.Figures {
			units[u] = true
		}
	}
	k.facts = compare.Sum(facts)
	for u := range units {
		k.medians[u] = stats.Median(c.Values(u))
	}
	s.notes = append(s.notes, k.profile(s.run)...)
	s.notes = append(s.notes, k.recover(s.run, s.spec, s.stream(t.Stream.Name))...)

	label := strings.TrimPrefix(strings.TrimPrefix(c.Label(), c.Variant), " ")
	if n := len(s.groups); n == 0 || s.groups[n-1].label != label {
		s.groups = append(s.groups, group{label: label, load: s.stream(t.Stream.Name)})
	}
	g := &s.groups[len(s.groups)-1]
	g.cells = append(g.cells, k)
}

func (s *study) stream(name string) results.Stream {
	for _, st := range s.spec.Streams {
		if st.Name == name {
			return st
		}
	}
	return results.Stream{Name: name}
}

// compare sets every variant beside the first, and every A/A copy beside its
// original. Copies and positive controls take part in no family.
func (s *study) compare() error {
	filter := []string{"/scenario:" + s.spec.Name}
	var compared []string
	base := s.groups[0].cells[0].Variant
	for _, v := range s.spec.Variants {
		present := slices.ContainsFunc(s.groups, func(g group) bool {
			return slices.ContainsFunc(g.cells, func(c cell) bool { return c.Variant == v.Name })
		})
		switch {
		case !present:
		case v.AAOf != "":
			rows, err := s.rowsOf(compare.Options{Filter: filter[0], Base: v.AAOf, Head: v.Name})
			if err != nil {
				return err
			}
			s.aa = append(s.aa, rows...)
		case v.Name != s.spec.Control:
			compared = append(compared, v.Name)
		}
	}
	if len(compared) < 2 || compared[0] != base {
		return nil
	}
	rows, err := s.rowsOf(compare.Options{Filter: filter[0], Col: "/variant@(" + strings.Join(compared, " ") + ")"})
	s.rows = rows
	return err
}

// rowsOf compares variants. Those whose results have different names, for their
// servers ran with different GOMAXPROCS, have no rows.
func (s *study) rowsOf(o compare.Options) ([]effect.Row, error) {
	res, err := effect.Run([]load.Source{s.run}, o)
	if errors.Is(err, compare.ErrNothing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", s.spec.Name, err)
	}
	return res.Rows, nil
}

// row is the comparison of a cell's unit with the first variant, or nil.
func (s *study) row(c cell, unit string) *effect.Row {
	for i := range s.rows {
		if r := &s.rows[i]; r.Name == c.name && r.Unit == unit && r.Head.Label == c.Variant {
			return r
		}
	}
	return nil
}

// estimates are the medians of a unit over all cells of the study.
func (s *study) estimates(unit string) []float64 {
	var v []float64
	for _, g := range s.groups {
		for _, c := range g.cells {
			if e, ok := c.medians[unit]; ok {
				v = append(v, e.Center)
			}
		}
	}
	return v
}

// trials is the smallest and largest number of trials of a cell, and the
// confidence achieved with the smallest.
func (s *study) trials() (lowest, highest int, confidence float64) {
	lowest = math.MaxInt
	for _, g := range s.groups {
		for _, c := range g.cells {
			lowest, highest = min(lowest, len(c.Trials)), max(highest, len(c.Trials))
		}
	}
	return lowest, highest, stats.Median(make([]float64, lowest)).Confidence
}
