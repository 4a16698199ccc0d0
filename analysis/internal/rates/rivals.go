package rates

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// significance is the level at which benchstat shows a difference instead of "~".
const significance = 0.05

// benchstatAlarm is what a reader of plain benchstat does: it reports whether any
// row got worse at p < 0.05, the sides taken as unpaired and the p-values as they
// are, however many rows there are.
func benchstatAlarm(s sample) bool {
	for i, r := range s.rows {
		b, h := present(s.values[base][i]), present(s.values[head][i])
		if loss(r, b, h) > 1 && stats.MannWhitney(b, h) < significance {
			return true
		}
	}
	return false
}

// thresholdAlarm is the fixed limit of many checks: it reports whether the median
// of any row got worse by the factor or more.
func thresholdAlarm(s sample, factor float64) bool {
	for i, r := range s.rows {
		if loss(r, s.values[base][i], s.values[head][i]) >= factor {
			return true
		}
	}
	return false
}

// loss is the ratio of two medians, above 1 if the head is worse.
func loss(r Row, b, h []float64) float64 {
	x, y := median(b), median(h)
	switch {
	case x == y:
		return 1 // two zeros have no ratio
	case r.worse() < 0:
		return x / y
	}
	return y / x
}

// median is that of all values that are there.
func median(sides ...[]float64) float64 {
	return stats.Median(present(slices.Concat(sides...))).Center
}

func present(v []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(v), math.IsNaN)
}
