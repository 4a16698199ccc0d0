package rates

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Variants of a check.
const (
	base  = iota
	again // the base once more: the A/A control
	head
	variants
)

// sample holds the values of one check, recorded or simulated, by variant, row and block.
// Missing values are NaN, as are the values of the A/A control in rows without one.
type sample struct {
	rows   []Row // without values
	values [variants][][]float64
}

// newSample makes a sample of rows that has no values yet.
func newSample(rows []Row) sample {
	s := sample{rows: rows}
	for v := range variants {
		s.values[v] = make([][]float64, len(rows))
	}
	return s
}

// blocks is the number of blocks of the sample.
func (s sample) blocks() int {
	if len(s.rows) == 0 {
		return 0
	}
	return len(s.values[base][0])
}

// first returns the first n blocks of the sample.
func (s sample) first(n int) sample {
	cut := newSample(s.rows)
	for v := range variants {
		for i := range s.rows {
			cut.values[v][i] = s.values[v][i][:min(n, s.blocks())]
		}
	}
	return cut
}

// input is the sample in the form in which the gate takes it, for a look at a check of
// which planned blocks were planned, after looks after the numbers of blocks in made.
func (s sample) input(planned int, made []int) gate.Input {
	in := gate.Input{BaseLabel: "base", HeadLabel: "head", Paired: true, Planned: planned, Made: made}
	in.Alpha, in.PassAlpha = gate.LevelsOf(planned, made)
	control := gate.Control{Kind: gate.ControlAA, Base: "base", Head: "base-aa"}
	numbers := make([]int, s.blocks())
	for k := range numbers {
		numbers[k] = k + 1
	}
	for i, r := range s.rows {
		in.Rows = append(in.Rows, r.gateRow(numbers, s.values[base][i], s.values[head][i]))
		if anyPresent(s.values[again][i]) {
			control.Rows = append(control.Rows, r.controlRow(numbers, s.values[base][i], s.values[again][i]))
		}
	}
	if len(control.Rows) > 0 {
		in.Controls = []gate.Control{control}
	}
	return in
}

// input is the recorded check in the form in which the gate took it at its last look.
func (c Check) input() gate.Input {
	in := gate.Input{BaseLabel: "base", HeadLabel: "head", Paired: true, Planned: c.Planned, Doubts: c.Doubts}
	in.Alpha, in.PassAlpha = gate.LevelsOf(c.Planned, nil)
	control := gate.Control{Kind: gate.ControlAA, Base: "base", Head: "base-aa", Missing: c.Missing}
	for _, r := range c.Rows {
		in.Rows = append(in.Rows, r.gateRow(r.Blocks, r.Base, r.Head))
		if len(r.Again) > 0 {
			control.Rows = append(control.Rows, r.controlRow(r.Blocks, r.Base, r.Again))
		}
	}
	if len(control.Rows) > 0 || len(control.Missing) > 0 {
		in.Controls = []gate.Control{control}
	}
	return in
}

// gateRow is the recorded row with other values, in the form of the gate.
func (r Row) gateRow(blocks []int, base, head []float64) gate.Row {
	better := units.Lower
	if r.Better == units.Higher.String() {
		better = units.Higher
	}
	return gate.Row{
		Name: r.Name, Config: r.Config, Unit: r.Unit, Family: r.Family, Better: better, Share: r.Share, Margin: r.Margin,
		Blocks: blocks, Base: base, Head: head, Marks: gateMarks(r.Marks), Doubts: r.Doubts,
	}
}

// controlRow is the row of the A/A control, with its own marks and doubts.
func (r Row) controlRow(blocks []int, base, again []float64) gate.Row {
	g := r.gateRow(blocks, base, again)
	g.Marks, g.Doubts = gateMarks(r.AgainMarks), r.AgainDoubts
	return g
}

// worse is +1 where higher values are worse, and −1 where they are better.
func (r Row) worse() float64 {
	if r.Better == units.Higher.String() {
		return -1
	}
	return 1
}

// anyPresent reports whether a value is there at all.
func anyPresent(v []float64) bool {
	for _, x := range v {
		if !math.IsNaN(x) {
			return true
		}
	}
	return false
}

// gateMarks are recorded marks, of which only the texts are kept: nothing may be
// concluded from their rows.
func gateMarks(texts []string) []gate.Mark {
	var marks []gate.Mark
	for _, t := range texts {
		marks = append(marks, gate.Mark{Text: t})
	}
	return marks
}
