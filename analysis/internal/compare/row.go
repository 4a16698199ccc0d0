package compare

import (
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Families of rows whose p-values are adjusted together.
const (
	FamilyHTTP  = "http"
	FamilyMicro = "benchmarks"
)

// Side is one column's part of a row.
type Side struct {
	// Label is the value of the column: a variant, or the name of an input.
	Label   string
	Results int            // number of results of the benchmark, with or without the unit; 0 if the column has no such row
	Median  stats.Estimate // N is 0 if the column has no such row
	Values  []float64      // in the order of the input, base units; +Inf among time-outs
	Blocks  []int          // block of each value; in text, the k-th result is block k
}

// ByBlock returns the values of the side by block.
func (s Side) ByBlock() map[int]float64 {
	m := make(map[int]float64, len(s.Values))
	for i, v := range s.Values {
		m[s.Blocks[i]] = v
	}
	return m
}

// Mark is a reason not to judge a row, or some of its values.
type Mark struct {
	// Kind is one of the kinds below.
	Kind   string
	Side   string // label of the column that the mark concerns; empty for both
	Blocks []int  // the blocks whose values it concerns; nil for all
	Bias   Bias   // how it distorts the values, if that is known
	Text   string // the reason, for readers
}

// Bias is what a mark does to the values that it is about.
type Bias int

// Biases. The zero value is that nobody knows.
const (
	Unknown  Bias = iota
	Flatters      // they look better than the server was: it was worse still
	Burdens       // they look worse than the server was: part of them is the generator's
	Delays        // the same, and all else is as it was: the server had all of its work
)

// biases of the kinds of marks whose bias is known.
var biases = map[string]Bias{Saturated: Flatters, GeneratorShare: Burdens, Limited: Burdens, Delayed: Delays}

// Kinds of marks.
const (
	Missing        = "missing"               // some results lack the unit
	Saturated      = "saturated"             // the server fell behind its schedule
	FewValues      = "few values"            // some trial has too few values for the quantile
	Populations    = "different populations" // the latencies belong to different requests
	GeneratorShare = "generator share"       // the load generator's own delay is a large part of the number
	Limited        = "generator-limited"     // the load generator was the limit, and not the server
	Delayed        = "generator delayed"     // something else kept the load generator from running
	OtherSetup     = "measured differently"  // the two inputs did not measure the same thing
)

// Unanswered is the kind of doubt that arises if some trials of head left requests
// unanswered.
const Unanswered = "unanswered requests"

// Row is one unit of one benchmark in two columns.
type Row struct {
	Config string // file configuration, if any
	// Name is that of the benchmark, without what tells the columns apart. Unit is as in
	// bench.txt.
	Name, Unit string
	Better     units.Direction // which values of the unit are better
	// Base is the first column, and Head is the one that is compared with it.
	Base, Head Side
	Paired     bool     // base and head met the same blocks
	Difference bool     // effects are head − base; otherwise head / base
	Exact      bool     // the unit is declared to have no noise
	Target     string   // the target of a stream that the row is about; empty: the stream as a whole
	Split      bool     // the row is about a stream whose targets have rows of their own
	Family     string   // family of rows that are judged together; empty if the row is only descriptive
	Remarks    []string // remarks on the values; they forbid nothing
	Marks      []Mark   // why nothing may be concluded from the row
	Doubts     []Mark   // why the row may not be called unchanged; it may still be called changed
	// Left are the blocks in which base, or head, left clearly more requests
	// unanswered than the other, or answered nothing at all.
	Left [2][]int
}
