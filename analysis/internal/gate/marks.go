package gate

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// Mark says that values of a row are not what the build did.
type Mark struct {
	// Text says what is wrong with the values, for readers.
	Text       string
	Base, Head bool  // whose values; of both sides, or of neither one alone, if equal
	Blocks     []int // of the values; nil: all
	// Bias says whether the values look better or worse than the build was, if that is
	// known.
	Bias compare.Bias
}

// forbids reports whether nothing may be concluded from the row: nobody knows which
// side the mark favours.
func (m Mark) forbids() bool { return m.Bias == compare.Unknown || m.Base == m.Head }

// about reports whether the mark is about a block.
func (m Mark) about(block int) bool { return m.Blocks == nil || slices.Contains(m.Blocks, block) }

// bias is what the marks of one side of a row do in a block.
type bias struct{ flatters, burdens, delays bool }

// marked reports whether some mark of known bias is about the value.
func (b bias) marked() bool { return b.flatters || b.burdens || b.delays }

// worst reports whether the value may hide any loss.
func (b bias) worst() bool { return b.flatters || b.burdens }

// biasOf is what the marks do to base and head in a block.
func (r *Row) biasOf(block int) (base, head bias) {
	for _, m := range r.Marks {
		if !m.about(block) {
			continue
		}
		side := &base
		if m.Head {
			side = &head
		}
		side.flatters = side.flatters || m.Bias == compare.Flatters
		side.burdens = side.burdens || m.Bias == compare.Burdens
		side.delays = side.delays || m.Bias == compare.Delays
	}
	return base, head
}

// worst is the largest loss that counts.
func (j *Judgement) worst() float64 {
	if j.Share {
		return 1
	}
	return compare.Limit
}

// weigh is what the difference d of a block counts as in the test, and in the bound
// that a pass rests on; NaN leaves the block out. lost says which sides have no value.
//
// In the test a side that marks flatter is at least as bad as the other, and without a
// value the worst; if both are flattered, nothing is known. Exchanging base and head
// changes the sign and nothing else, so that the test stays exact. A block in which
// head's value is partly the generator's is left out. One of base alone stays: it can
// only hide a loss of head. Where base has a copy, a block in which the generator was
// delayed is left out for base as for head, because the three have to be alike.
//
// In the bound a block that is marked for head is the worst loss, and one that is
// marked for base alone is left out: neither shows that nothing changed. A block of head
// in which something else on the machine delayed the generator is left out, too: it hides
// nothing, because the server had all of its work and looks worse than it was.
func (j *Judgement) weigh(d float64, base, head bias, lostBase, lostHead bool) (test, pass float64) {
	test, pass = d, d
	switch {
	case head.burdens, head.delays, base.delays && j.again != nil, base.flatters && head.flatters:
		test = math.NaN()
	case head.flatters && lostHead && !lostBase:
		test = j.worst()
	case head.flatters:
		test = max(d, 0) // NaN stays
	case base.flatters && lostBase && !lostHead:
		test = -j.worst()
	case base.flatters:
		test = min(d, 0)
	}
	switch {
	case head.worst():
		pass = j.worst()
	case head.marked(), base.marked():
		pass = math.NaN()
	}
	return test, pass
}
