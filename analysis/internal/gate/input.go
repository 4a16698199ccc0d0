package gate

import (
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/internal/looks"
)

// Input is all that a verdict rests on.
type Input struct {
	// The labels name the two sides in what people read: variants of a run, or files.
	BaseLabel, HeadLabel string

	// Paired says that base and head met the same blocks. Other inputs were
	// measured one after the other.
	Paired bool
	// Planned is the number of blocks that the run was to have; 0 if nobody
	// said. Made are the numbers of blocks after which the run may have been judged
	// before; nil if nobody recorded them.
	Planned int
	Made    []int
	// Alpha is the level of this look for regressions, and PassAlpha that for passes,
	// see [LevelsOf]. A PassAlpha of 0 is that of Alpha.
	Alpha, PassAlpha float64
	// Resumable says that the input is a run, which can be continued.
	Resumable bool

	Rows      []Row     // the primary ones
	Events    []Event   // saturation, crashes and the like that befell blocks
	Scenarios []string  // that were planned: each of them needs a row that can be judged
	Doubts    []string  // why the check may not pass, whatever its rows say
	Controls  []Control // the A/A control and the positive one, where there are such
	// NotGated are rows that readers might miss in the verdict.
	NotGated []NotGated
	Notes    []string // about the input as a whole; they change nothing
	// Environment is what differs between base and head and is no code of theirs: the
	// first thing to know of a difference.
	Environment []string
}

// Row is one metric of one benchmark on both sides.
type Row struct {
	Name   string          // of the benchmark
	Config string          // file configuration, if any
	Unit   string          // as in bench.txt: "p99-sec"
	Family string          // compare.FamilyHTTP or compare.FamilyMicro
	Better units.Direction // never Unknown

	Share  bool    // compared by difference, else by ratio
	Margin float64 // a share of the base value, or a difference of shares; above 0

	// Base and Head are values in base units, never below 0; a quantile among
	// time-outs is +Inf. Paired, the k-th ones belong to block Blocks[k], and NaN
	// stands for one that is missing; otherwise Blocks is nil and the lengths
	// may differ.
	Blocks     []int
	Base, Head []float64

	// Marks are what makes values of the row no measurements of the build, and Doubts
	// why the row may not pass.
	Marks  []Mark
	Doubts []string
}

// Event is something that the trials of one benchmark may meet with, such as a crash
// of the server. It is compared by the blocks in which it befell either side.
type Event struct {
	// Name is that of the benchmark, and What says what happened, as "crash".
	Name, What string
	Base, Head []int // blocks
}

// Kinds of controls.
const (
	ControlAA       = "A/A"      // two copies of one build: must not fire
	ControlPositive = "positive" // a known slowdown: ought to fire
)

// Control is a comparison whose answer is known beforehand. Its rows are always
// paired.
type Control struct {
	Kind       string   // what is known beforehand: no difference, or a slowdown
	Base, Head string   // variants
	Rows       []Row    // the same rows as those of the verdict
	Missing    []string // scenarios that declare it and are judged, and have no row of it
}

// NotGated is a row that the verdict does not rest on although one might think
// so.
type NotGated struct{ Name, Unit, Why string }

// alphaSingleLook is the level of unpaired inputs, which are judged once.
const alphaSingleLook = looks.Level

// LevelsOf returns the levels of a look at a run of so many planned blocks that may have
// been judged before after the numbers of blocks in made. If made is nil, nobody
// recorded them: a run of as many blocks as the last look has is then taken to have been
// judged after ten.
func LevelsOf(planned int, made []int) (alpha, pass float64) {
	if made == nil && planned >= looks.Last() {
		made = []int{looks.FirstPass()}
	}
	return looks.Levels(planned, made)
}

// passAlpha is the level of the bound that a pass rests on.
func (in Input) passAlpha() float64 {
	if in.PassAlpha == 0 {
		return in.Alpha
	}
	return in.PassAlpha
}

// at makes the input one of a look at so many planned blocks.
func (in Input) at(planned int, made []int) Input {
	in.Planned, in.Made = planned, made
	in.Alpha, in.PassAlpha = LevelsOf(planned, made)
	return in
}
