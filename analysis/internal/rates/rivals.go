package rates

import (
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// significance is the level at which benchstat shows a difference instead of "~".
const significance = 0.05

// benchstatAlarm is the rule of someone who reads benchstat's table: it reports whether
// any row got worse with p < 0.05. The two sides are not paired, and the p-values are not
// adjusted for the number of rows.
func benchstatAlarm(s sample) bool {
	for i, r := range s.rows {
		b, h := stats.Present(s.values[base][i]), stats.Present(s.values[head][i])
		if loss(r, b, h) > 1 && !alike(b, h) && stats.MannWhitney(b, h) < significance {
			return true
		}
	}
	return false
}

// alike reports whether two samples differ so little that their p-value is far above 0.05:
// their rank sum lies within one standard deviation of its expected value. It saves time,
// because the exact test takes milliseconds if values tie, and in most checks most rows
// are alike.
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

// thresholdAlarm is the rule of a fixed limit: it reports whether the median of any row
// got worse by the factor or more.
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

// median is the median of all values of all sides that are not missing.
func median(sides ...[]float64) float64 {
	return stats.Median(stats.Present(slices.Concat(sides...))).Center
}
