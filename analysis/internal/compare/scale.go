package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// Limit is the largest difference of logarithms that counts in a test: a factor of
// 1,000. It also stands in for differences without a ratio, such as that of a
// time-out or of the first allocation. It is the same for both sides and both signs,
// so that tests by sign flips and by exchange stay exact.
//
// Note: only tests use the limit. It is not a measurement, and no reader sees it: an
// estimate that depends on it is not printed, and [NoRatio] says why.
const Limit = 3 * math.Ln10

// Scale is the scale on which effects are additive: that of logarithms, so that
// effects are ratios, or that of the values themselves.
type Scale struct {
	Values bool            // the scale of the values themselves, for shares and for values below zero
	Better units.Direction // decides whether two values of 0 are equal
	// Resolution is the largest difference between two values that count as equal.
	Resolution float64
}

// Scale returns the scale of the row.
func (r Row) Scale() Scale {
	negative := func(v float64) bool { return v < 0 }
	below := slices.ContainsFunc(r.Base.Values, negative) || slices.ContainsFunc(r.Head.Values, negative)
	return Scale{Values: r.Difference || below, Better: r.Better}
}

// Difference returns the difference of head from base. It is infinite if there is no
// ratio: from 0 to another value, to 0, and between a value and one beyond the
// time-out. It is NaN if a value is missing, and if the values cannot be told apart:
// both are beyond the time-out, or both are 0 and higher is better, as for two
// servers that answer nothing. If lower is better, as for allocations, two values of
// 0 are equal.
func (s Scale) Difference(base, head float64) float64 {
	switch {
	case math.IsNaN(base), math.IsNaN(head), math.IsInf(base, 0) && math.IsInf(head, 0):
		return math.NaN()
	case s.Values:
		return head - base
	case base == head && base == 0 && s.Better == units.Higher:
		return math.NaN()
	case base == head, math.Abs(head-base) <= s.Resolution:
		return 0
	}
	return math.Log(head) - math.Log(base)
}

// Clamp limits a difference to the range that tests use.
func (s Scale) Clamp(d float64) float64 {
	if s.Values {
		return d
	}
	return max(-Limit, min(Limit, d))
}

// On converts values to the scale. Those without a logarithm become infinite.
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

// Place converts two samples to the scale. Values without a logarithm are placed so
// far beyond all others. If no value has a logarithm, all values with the same sign
// are equal.
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

// NoRatio says which values of the two sides prevent a ratio, such as "base is 0".
// It returns "" if none does.
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

// all is what [some] returns if all values are of a kind.
const all = "all"

// some says how many of the values are of a kind. It returns "" if none is.
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
