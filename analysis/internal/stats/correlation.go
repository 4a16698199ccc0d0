package stats

import "math"

// Correlation is Pearson's coefficient of two samples of equal length. It is NaN
// below three pairs, if a value is not finite, and if a sample does not vary.
func Correlation(x, y []float64) float64 {
	if len(x) < 3 || len(x) != len(y) || !allFinite(x) || !allFinite(y) {
		return math.NaN()
	}
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	if xx == 0 || yy == 0 {
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

// mean is the arithmetic mean, NaN of no values.
func mean(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}
