package rates

import (
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
		b, h := stats.Present(s.values[base][i]), stats.Present(s.values[head][i])
		if loss(r, b, h) > 1 && !alike(b, h) && stats.MannWhitney(b, h) < significance {
			return true
		}
	}
	return false
}

// alike reports whether two samples are so much alike that no exact p-value is
// near 0.05: their rank sum is within one standard deviation of what is expected.
// The exact test takes milliseconds where values tie, and most rows of most
// checks are alike.
func alike(x, y []float64) bool {
	u := 0.0 // pairs in which y is larger, less those in which x is
	for _, a := range x {
		for _, b := range y {
			switch {
			case b > a:
				u++
			case b < a:
				u--
			}
		}
	}
	pooled := slices.Sorted(slices.Values(slices.Concat(x, y)))
	n, ties := float64(len(pooled)), 0.0
	for i := 0; i < len(pooled); {
		j := i
		for j < len(pooled) && pooled[j] == pooled[i] {
			j++
		}
		t := float64(j - i)
		ties += t * (t*t - 1)
		i = j
	}
	variance := float64(len(x)*len(y)) / 3 * (n + 1 - ties/(n*(n-1)))
	return u*u < variance
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
	return stats.Median(stats.Present(slices.Concat(sides...))).Center
}
