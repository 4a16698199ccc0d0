package compare

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Verdicts on a row.
const (
	Better    = "better"
	Worse     = "worse"
	Changed   = "changed"       // no direction is known
	Same      = "no difference" // the interval lies within the margin
	Unclear   = "cannot tell"   // the interval holds both
	NotJudged = "not judged"    // a mark forbids it; Notes say which
)

// Families of rows whose p-values are adjusted together.
const (
	FamilyHTTP  = "http"
	FamilyMicro = "benchmarks"
)

// Side is one column's part of a row.
type Side struct {
	Label   string
	Results int            // of the benchmark, with or without the unit; 0 if the column has no such row
	Median  stats.Estimate // N is 0 if the column has no such row
	Values  []float64      // in the order of the input, base units; +Inf among time-outs
	Blocks  []int          // of the values; in text, the k-th result is block k
}

// ByBlock are the side's values by block.
func (s Side) ByBlock() map[int]float64 {
	m := make(map[int]float64, len(s.Values))
	for i, v := range s.Values {
		m[s.Blocks[i]] = v
	}
	return m
}

// Mark is a reason not to judge a row.
type Mark struct {
	Kind string
	Side string // label of the column that it is about; empty: of both
	Text string
}

// Kinds of marks.
const (
	Missing        = "missing"               // some results lack the unit
	Saturated      = "saturated"             // the server fell behind its schedule
	FewValues      = "few values"            // for the quantile, in some trial
	Populations    = "different populations" // latencies of different requests
	GeneratorShare = "generator share"       // the load generator is in the number
	OtherSetup     = "measured differently"  // the two inputs did not measure the same thing
)

// Unanswered is the kind of doubt that some trials of head leave.
const Unanswered = "unanswered requests"

// Row compares one unit of one benchmark between two columns. A number that
// does not exist is NaN.
type Row struct {
	Config       string // file configuration, if any
	Name, Unit   string
	Better       metric.Direction
	Base, Head   Side
	Paired       bool
	Difference   bool           // the effect is head − base, else head / base
	Delta        float64        // head's median over base's, less one
	Effect       stats.Estimate // Hodges–Lehmann
	P            float64        // of the test that Method names
	PMannWhitney float64        // as benchstat
	PAdjusted    float64        // for the rows of Family
	Family       string         // empty: descriptive only
	Method       string
	Detectable   float64 // smallest effect seen with 80 % power: |ratio − 1| or difference
	Verdict      string  // empty if the row stands on one side only
	Notes        []string
	Marks        []Mark // their texts are among the notes
	Doubts       []Mark // why not to say that nothing changed; that something did may still be said

	below       bool      // some value is below zero, so differences are those of the values
	ranks       int       // above zero: the ranks of head are higher than those of base
	differences []float64 // by block, of logarithms or of shares
	differBlock []int
	pairs       [2][]float64 // what the differences are made of
}

// exactMethod is that of units that are declared exact: one value, no test.
const exactMethod = "exact"

// Alpha is the family-wise level of verdicts.
const Alpha = 0.05

// judge draws the verdict from what stands in the row.
func (r *Row) judge() {
	none := 1.0
	if r.Difference {
		none = 0
	}
	switch {
	case r.Base.Median.N == 0 || r.Head.Median.N == 0:
		r.Verdict = ""
	case len(r.Marks) > 0:
		r.Verdict = NotJudged
	case !r.Effect.Bounded():
		r.Verdict = Unclear
		// Without a ratio ranks may tell: their own test has to see it too.
		if r.ranks != 0 && r.P <= Alpha && r.significant() {
			r.Verdict = direction(r.Better, r.Up())
		}
	case r.significant() && (r.Effect.Low > none || r.Effect.High < none):
		r.Verdict = direction(r.Better, r.Up())
	case r.withinMargin(none) && len(r.Doubts) == 0:
		r.Verdict = Same
	default:
		r.Verdict = Unclear
	}
}

// Up reports whether head is higher than base: by the effect, or by the ranks
// where no effect can be told.
func (r *Row) Up() bool {
	switch {
	case math.IsNaN(r.Effect.Center):
		return r.ranks > 0
	case r.Difference:
		return r.Effect.Center > 0
	}
	return r.Effect.Center > 1
}

// ratioless reports whether both sides were compared and yet have no effect that
// could be told: by rank only.
func (r *Row) ratioless() bool {
	return r.Base.Median.N > 0 && r.Head.Median.N > 0 && r.Method != exactMethod && math.IsNaN(r.Effect.Center)
}

func (r *Row) significant() bool {
	if r.Family != "" && !math.IsNaN(r.PAdjusted) {
		return r.PAdjusted <= Alpha
	}
	return r.P <= Alpha
}

func direction(better metric.Direction, up bool) string {
	switch {
	case better == metric.Unknown:
		return Changed
	case up == (better == metric.Higher):
		return Better
	}
	return Worse
}

func (r *Row) withinMargin(none float64) bool {
	m := metric.Margin(r.Unit)
	return r.Effect.Low > none-m && r.Effect.High < none+m
}

// Spread is the standard deviation of the paired differences: of logarithms, or
// of shares. It is NaN for unpaired rows.
func (r *Row) Spread() float64 {
	if len(r.differences) < 2 {
		return math.NaN()
	}
	return stats.Deviation(r.differences)
}

// Correlation is that of the two columns over their common blocks, on the scale
// on which effects are additive: what pairing gains. It is NaN below three
// blocks, for values without a logarithm, and if a column does not vary.
func (r *Row) Correlation() float64 { return stats.Correlation(r.pairs[0], r.pairs[1]) }
