package gate

import (
	"github.com/assay-bench/assay/analysis/internal/metric"
)

// Input is all that a verdict rests on.
type Input struct {
	// The labels name the two sides in what people read: variants of a run, or files.
	BaseLabel, HeadLabel string

	// Paired says that base and head met the same blocks. Other inputs were
	// measured one after the other.
	Paired bool
	// Planned is the number of blocks that the run was to have; 0 if nobody
	// said. Alpha is the level of this look, see [AlphaOf].
	Planned int
	Alpha   float64
	// Resumable says that the input is a run, which can be continued.
	Resumable bool

	Rows      []Row // the primary ones
	Events    []Event
	Scenarios []string // that were planned: each of them needs a row that can be judged
	Doubts    []string // why the check may not pass, whatever its rows say
	Controls  []Control
	NotGated  []NotGated
	Notes     []string // about the input as a whole; they change nothing
}

// Row is one metric of one benchmark on both sides.
type Row struct {
	Name   string // of the benchmark
	Config string // file configuration, if any
	Unit   string
	Family string           // compare.FamilyHTTP or compare.FamilyMicro
	Better metric.Direction // never Unknown

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
	Kind       string
	Base, Head string // variants
	Rows       []Row
	Missing    []string // scenarios that declare it and are judged, and have no row of it
}

// NotGated is a row that the verdict does not rest on although one might think
// so.
type NotGated struct{ Name, Unit, Why string }

// Blocks and levels of the two planned looks.
const (
	BlocksOfFirstLook  = 10
	BlocksOfSecondLook = 20
	alphaFirstLook     = 0.02
	alphaSecondLook    = 0.03
	alphaSingleLook    = 0.05 // of unpaired inputs
)

// AlphaOf is the level of a look at a run of so many planned blocks. The levels
// of the two looks add up to 0.05, which is what a whole check may spend. A run of
// another number of blocks spends no more if it is looked at once: that two looks
// were made of one run nothing here can see.
func AlphaOf(planned int) float64 {
	if planned < BlocksOfSecondLook {
		return alphaFirstLook
	}
	return alphaSecondLook
}
