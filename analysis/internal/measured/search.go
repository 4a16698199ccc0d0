package measured

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// rateKey is the matrix key under which a search names its trials.
const rateKey = "rate"

// Search is a scenario that was searched for the highest rate that holds its
// objectives. Its trials are no blocks: a search tries each rate as often as it
// must to decide, so nothing of it is compared by pairs.
type Search struct {
	// Run is the bundle that holds the search, and Spec is what its manifest says of
	// the scenario.
	Run  *load.Run
	Spec *results.Scenario
	Key  string // unique in a report: part of plots' names
	// Brackets has one entry for each variant and matrix cell that was searched.
	Brackets []*Bracket
}

// Bracket is what a search found for one variant under one matrix cell: the highest
// rate that held, the lowest that was refuted, and the trials.
type Bracket struct {
	results.Search
	Name  string       // variant and matrix cell
	Slot  int          // colour
	Rates []RateTrials // that were tried, in rising order
}

// RateTrials are the trials at one rate.
type RateTrials struct {
	load.Cell
	Rate float64 // offered, per second
}

// newSearch gathers the rates that a search tried. A trial without a rate is an
// error.
func newSearch(run *load.Run, spec *results.Scenario, key string, slots map[string]int) (*Search, error) {
	s := &Search{Run: run, Spec: spec, Key: key}
	for _, found := range run.Manifest.Searches {
		if found.Scenario == spec.Name {
			s.add(found, slots)
		}
	}
	for _, cell := range run.Cells(spec.Name) {
		rate, err := strconv.ParseFloat(cell.Matrix[rateKey], 64)
		if err != nil {
			return nil, fmt.Errorf("scenario %s: trial %s of a search: its rate is %q, which is no number", spec.Name, cell.Trials[0].ID, cell.Matrix[rateKey])
		}
		matrix := maps.Clone(cell.Matrix)
		delete(matrix, rateKey)
		i := slices.IndexFunc(s.Brackets, func(b *Bracket) bool { return b.Variant == cell.Variant && maps.Equal(b.Matrix, matrix) })
		if i < 0 {
			i = len(s.Brackets)
			s.add(results.Search{Scenario: spec.Name, Variant: cell.Variant, Matrix: matrix}, slots)
		}
		s.Brackets[i].Rates = append(s.Brackets[i].Rates, RateTrials{cell, rate})
	}
	return s, nil
}

// add takes what the search found, and gives it a colour: one a variant, unless the
// variant was searched under several settings.
func (s *Search) add(found results.Search, slots map[string]int) {
	name := load.Cell{Variant: found.Variant, Matrix: found.Matrix}.Label()
	key := found.Variant
	if len(found.Matrix) > 0 {
		key = name
	}
	if _, ok := slots[key]; !ok {
		slots[key] = len(slots)
	}
	s.Brackets = append(s.Brackets, &Bracket{Search: found, Name: name, Slot: slots[key]})
}

// At returns the trials at a rate. It is false if rate is nil, or if nothing was tried
// at that rate.
func (b *Bracket) At(rate *float64) (RateTrials, bool) {
	if rate != nil {
		for _, r := range b.Rates {
			if math.Abs(r.Rate-*rate) <= 1e-9**rate {
				return r, true
			}
		}
	}
	return RateTrials{}, false
}

// Saturated counts the trials that fell behind their schedule.
func (r RateTrials) Saturated() int {
	n := 0
	for _, t := range r.Trials {
		if t.Facts.Saturated {
			n++
		}
	}
	return n
}

// Summary is the median of a figure over the trials of a rate, with its interval. Fewer
// than stats.FewestValues trials have no interval: then Low and High are the lowest
// and the highest value.
func (r RateTrials) Summary(unit string) stats.Estimate {
	v := r.Values(unit)
	e := stats.Median(v)
	if len(v) > 1 && !e.Bounded() {
		e.Low, e.High = slices.Min(v), slices.Max(v)
	}
	return e
}

// ConnectionWait is how long half of the successful requests waited for a connection at
// least, in seconds, in the trial in which they waited longest.
func (r RateTrials) ConnectionWait() (longest float64) {
	for _, t := range r.Trials {
		if p50 := t.Stream.Part(results.PartConnWait, results.OK).At(0.50); p50 != nil {
			longest = max(longest, *p50/1e9)
		}
	}
	return longest
}
