package stats

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Level is the confidence asked of every interval.
const Level = 0.95

// FewestValues is the fewest values for which a median or a paired difference has an
// interval at [Level]. The widest interval that n values can give misses the median
// with a probability of 2/2ⁿ: 6.3 % with five values, 3.1 % with six.
const FewestValues = 6

// Estimate is a number with its confidence interval.
type Estimate struct {
	N          int     // observations
	Center     float64 // NaN if N is 0
	Low, High  float64 // NaN if no interval of the level asked for exists
	Confidence float64 // achieved, at least the level asked for; NaN without an interval
}

// Bounded reports whether the estimate has an interval.
func (e Estimate) Bounded() bool { return !math.IsNaN(e.Low) && !math.IsNaN(e.High) }

// unbounded is an estimate without an interval.
func unbounded(n int, center float64) Estimate {
	return Estimate{n, center, math.NaN(), math.NaN(), math.NaN()}
}

// beyond replaces +Inf while order statistics are interpolated, because the difference
// of two infinities is NaN.
const beyond = math.MaxFloat64 / 4

// Median estimates a median with an order-statistic interval. It uses benchmath under
// AssumeNothing and therefore agrees with benchstat. It assumes only that the values are
// independent. A 95 % interval needs six values; with ten values it reaches from the
// second to the ninth and covers 97.9 %. Values may be +Inf, never NaN.
func Median(values []float64) Estimate {
	if len(values) == 0 {
		return unbounded(0, math.NaN())
	}
	// NewSample sorts the slice it is given, which would lose the run order.
	v := slices.Clone(values)
	for i := range v {
		v[i] = min(v[i], beyond)
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(v, &benchmath.DefaultThresholds), Level)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		return unbounded(len(values), restore(s.Center))
	}
	return Estimate{len(values), restore(s.Center), restore(s.Lo), restore(s.Hi), s.Confidence}
}

// restore turns beyond back into +Inf. A value above half of beyond comes from
// interpolation between beyond and a finite neighbour, and becomes +Inf too.
func restore(v float64) float64 {
	if v >= beyond/4 {
		return math.Inf(1)
	}
	return v
}

// Exact estimates a quantity that is declared to have no noise. The centre is the most
// frequent value, and the interval is the range of the values.
func Exact(values []float64) Estimate {
	if len(values) == 0 {
		return unbounded(0, math.NaN())
	}
	s := benchmath.AssumeExact.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), Level)
	return Estimate{len(values), s.Center, s.Lo, s.Hi, s.Confidence}
}
