package format

import (
	"math"

	"github.com/assay-bench/assay/results"
)

// Quantity prints a number of a dimension that objectives can have, with its unit.
func Quantity(v float64, d results.Dimension) string {
	switch d {
	case results.Seconds:
		s := ScaleIn(d, []float64{v})
		return withUnit(s, v, s.Unit)
	case results.Ratio:
		return Percent(v)
	}
	return withUnit(Plain, v, "/s")
}

// withUnit appends a unit, unless the number is NaN or infinite.
func withUnit(s Scale, v float64, unit string) string {
	text := s.Value(v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return text
	}
	return text + " " + unit
}
