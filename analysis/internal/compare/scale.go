package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/metric"
)

// Limit is the largest difference of logarithms that counts in a test: a factor of
// 1,000. It also gives a place to what has no ratio, such as a time-out or the first
// allocation. It is the same for both sides and both signs, so that tests by sign
// flips and by exchange stay exact.
//
// Note: the limit has a place in tests alone. It is no measurement, and no reader is
// told of it: where an estimate rests on it there is no number, and [NoRatio] says
// why.
const Limit = 3 * math.Ln10

// Scale is the scale on which effects are additive: that of logarithms, so that
// effects are ratios, or that of the values themselves.
type Scale struct {
	Values bool             // of the values themselves, for shares and for values below zero
	Better metric.Direction // decides what two values of 0 are
	// Resolution is by how much two values may differ and be the same.
	Resolution float64
}

// Scale is the row's.
func (r Row) Scale() Scale {
	negative := func(v float64) bool { return v < 0 }
	below := slices.ContainsFunc(r.Base.Values, negative) || slices.ContainsFunc(r.Head.Values, negative)
	return Scale{Values: r.Difference || below, Better: r.Better}
}

// Difference is head against base. It is infinite where there is no ratio: above
// what is 0, to 0, and between a value and one beyond the time-out. It is NaN where a
// value is missing and where nothing can be told apart: if both lie beyond the
// time-out, or both are 0 and more is better, as two servers that answer nothing.
// Two values of 0 of which less is better, such as allocations, are the same.
func (s Scale) Difference(base, head float64) float64 {
	switch {
	case math.IsNaN(base), math.IsNaN(head), math.IsInf(base, 0) && math.IsInf(head, 0):
		return math.NaN()
	case s.Values:
		return head - base
	case base == head && base == 0 && s.Better == metric.Higher:
		return math.NaN()
	case base == head, math.Abs(head-base) <= s.Resolution:
		return 0
	}
	return math.Log(head) - math.Log(base)
}

// Clamp is the difference as tests take it, within the limit on either side.
func (s Scale) Clamp(d float64) float64 {
	if s.Values {
		return d
	}
	return max(-Limit, min(Limit, d))
}

// On brings values to the scale. Those that have no logarithm become infinite.
func (s Scale) On(values []float64) []float64 {
	if s.Values {
		return values
	}
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return logs
}

// Place brings two samples to the scale, in which what has no logarithm lies so far
// beyond all that have one. If none has, every such value of one sign is the same.
func (s Scale) Place(base, head []float64, beyond float64) (x, y []float64) {
	x, y = slices.Clone(s.On(base)), slices.Clone(s.On(head))
	lowest, highest := math.Inf(1), math.Inf(-1)
	both := [][]float64{x, y}
	for _, side := range both {
		for _, v := range side {
			if !math.IsInf(v, 0) {
				lowest, highest = min(lowest, v), max(highest, v)
			}
		}
	}
	if lowest > highest {
		lowest, highest = 0, 0
	}
	for _, side := range both {
		for i, v := range side {
			side[i] = max(lowest-beyond, min(highest+beyond, v))
		}
	}
	return x, y
}

// NoRatio says which values of the two sides allow no ratio, such as "base is 0".
// It is empty if all of them do.
func NoRatio(base, head []float64) string {
	var said []string
	for _, kind := range []struct {
		what string
		is   func(v float64) bool
	}{
		{"0", func(v float64) bool { return v == 0 }},
		{"below 0", func(v float64) bool { return v < 0 }},
		{"beyond the time-out", func(v float64) bool { return math.IsInf(v, 1) }},
	} {
		ofBase, ofHead := some(base, kind.is), some(head, kind.is)
		if ofBase == all && ofHead == all {
			said = append(said, "both are "+kind.what)
			continue
		}
		if ofBase != "" {
			said = append(said, "base is "+kind.what+strings.TrimPrefix(ofBase, all))
		}
		if ofHead != "" {
			said = append(said, "head is "+kind.what+strings.TrimPrefix(ofHead, all))
		}
	}
	return strings.Join(said, " and ")
}

// all is what [some] says of a kind that every value is of.
const all = "all"

// some words how many of the values are of a kind; it is empty if none is.
func some(values []float64, is func(float64) bool) string {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case len(values):
		return all
	}
	return fmt.Sprintf(" in %d of %d", n, len(values))
}
