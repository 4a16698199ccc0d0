package explain

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// What a row counts.
const (
	CountsTotal    = "total"
	CountsCum      = "cumulative" // a function and what it calls
	CountsFlat     = "flat"       // a function alone
	CountsGroup    = "group"      // what the runtime or a library does
	CountsPart     = "part"       // a part of the time of a request
	CountsEndpoint = "endpoint"
)

// Verdicts of a row. A row without one is not known to differ.
const (
	Grew   = "grew"
	Shrank = "shrank"
)

// Row is a quantity of both variants for one answer, in base units. Low and High are the
// ends of the interval of Difference; they are null if there are too few blocks for one.
type Row struct {
	Name   string `json:"name"`             // of a function, group, phase or endpoint
	Counts string `json:"counts"`           // one of the names above
	Source string `json:"source,omitempty"` // of a function: file:line in head
	// Base and Head are means over the blocks that have both.
	Base       float64  `json:"base"`
	Head       float64  `json:"head"`
	Difference float64  `json:"difference"` // head minus base, estimated over blocks
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	PAdjusted  *float64 `json:"p_adjusted"`        // one-sided, in the direction of the difference
	Verdict    string   `json:"verdict,omitempty"` // Grew, Shrank or empty

	function    int32 // of a function; else -1
	group       group // of a group
	blocks      []int
	differences []float64 // by block
}

// newRow compares a quantity by block. base and head are its values in those blocks.
func newRow(name, counts string, blocks []int, base, head []float64) *Row {
	r := &Row{Name: name, Counts: counts, Base: mean(base), Head: mean(head), function: -1, blocks: blocks}
	for i := range base {
		r.differences = append(r.differences, head[i]-base[i])
	}
	e := stats.HodgesLehmann(r.differences, stats.Level)
	r.Difference = e.Center
	if e.Bounded() {
		r.Low, r.High = &e.Low, &e.High
	}
	return r
}

// judge adjusts the p-values of a family of rows and decides their verdicts. Rows of
// different scenarios are aligned by the number of the block. Each direction is tested by
// itself, one-sided as in the gate: the question is what grew, and if nothing differs the
// family says of some row that it grew with the probability of the level at most.
func judge(rows []*Row) {
	last := 0
	for _, r := range rows {
		last = max(last, slices.Max(append(r.blocks, 0)))
	}
	if last == 0 {
		return
	}
	all := make([][]float64, len(rows))
	for i, r := range rows {
		all[i] = slices.Repeat([]float64{math.NaN()}, last)
		for k, b := range r.blocks {
			all[i][b-1] = r.differences[k]
		}
	}
	other := make([][]float64, len(all))
	for i, row := range all {
		other[i] = make([]float64, len(row))
		for k, d := range row {
			other[i][k] = -d
		}
	}
	greater, less := stats.MaxT(all, stats.Greater, stats.Seed(all)), stats.MaxT(other, stats.Greater, stats.Seed(all))
	for i, r := range rows {
		r.decide(greater[i], less[i])
	}
}

// decide takes the p-values of both directions.
func (r *Row) decide(greater, less float64) {
	p := min(greater, less)
	r.PAdjusted = &p
	switch {
	case len(r.blocks) < Fewest || r.Low == nil:
	case greater <= level && *r.Low > 0:
		r.Verdict = Grew
	case less <= level && *r.High < 0:
		r.Verdict = Shrank
	}
}

// mean is 0 if there are no values: a function that no sample has takes no time.
func mean(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
