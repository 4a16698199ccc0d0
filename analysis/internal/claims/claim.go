package claims

import "math"

// Factor is the unit of a ratio of two measurements. The other units are those
// of metrics.
const Factor = "factor"

// Range is what is claimed, in base units: a number if both ends are equal, a bound if
// High is +Inf.
type Range struct{ Low, High float64 }

// Bound reports whether more than Low is claimed, and no limit above it.
func (r Range) Bound() bool { return math.IsInf(r.High, 1) }

// above is a bound.
func above(v float64) Range { return Range{v, math.Inf(1)} }

// just is a range of one number.
func just(v float64) Range { return Range{v, v} }

// Subject names what is measured: a variant under the load of a scenario. Matrix and
// Stream are empty if the scenario has none.
type Subject struct {
	// The names are those of the study's scenario files.
	Scenario, Variant string
	Matrix            map[string]string
	Stream            string
}

// Kind is how the measurements of one or two subjects become one number.
type Kind int

// Kinds of measures.
const (
	Median     Kind = iota // of A, over trials
	Ratio                  // A over B, within blocks
	Difference             // A less B, within blocks
	Slope                  // what A has more than B, per Per that A has more
)

// Measure is one measurement that a claim is held against.
type Measure struct {
	Kind   Kind   // how A and B become one number
	Metric string // one of the names in metric.go, or a unit of bench.txt
	// B is unset if Kind is Median.
	A, B Subject
	Per  string // second metric of a Slope
}

// Theory is what Little's law predicts, or bounds, for a claim.
type Theory struct {
	// Value is in the base unit of Unit, or a factor.
	Value float64
	Unit  string
	Words string // how it comes about
}

// Claim is one thing the study says.
type Claim struct {
	ID     string // unique, stable
	Text   string // in our words
	Source string // where it stands
	Want   Range  // of a number; unset for an order
	// Unit is that of the metric, or [Factor].
	Unit  string
	Order bool // A is claimed to be above B: every test is a Ratio or Difference
	// Tests measure as the study counted; Honest as a user meets it. Honest is
	// empty where both are the same.
	Tests, Honest []Measure
	Theory        *Theory // nil: no law predicts it
	// Because explains why the two ways of counting differ, or where a number
	// comes from. It is true whatever the verdict.
	Because string
	// Untestable says why nothing can be measured for it.
	Untestable string
}
