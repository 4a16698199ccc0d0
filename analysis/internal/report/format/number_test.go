package format

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

func e(center, low, high float64) stats.Estimate {
	return stats.Estimate{N: 10, Center: center, Low: low, High: high, Confidence: 0.979}
}

func TestEstimate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ms, plain := Scale{1e3, "ms"}, Plain
	for _, c := range []struct {
		scale Scale
		e     stats.Estimate
		want  string
	}{
		{ms, e(.0123, .0121, .0126), "12.3 [12.1, 12.6]"},
		{ms, e(.078, .0766, .0791), "78 [77, 79]"},
		{ms, e(.078, .07791, .07806), "78.00 [77.91, 78.06]"},
		{plain, e(12345.6, 12300, 12400), "12,346 [12,300, 12,400]"},
		{plain, e(30, 30, 30), "30"},
		{plain, e(0, 0, 0), "0"},
		{plain, e(4.4567, nan, nan), "4.46"},
		{plain, e(1234.5, nan, nan), "1,234"},
		{ms, e(inf, .1, inf), "> time-out"},
		{ms, e(.1, .09, inf), "100 [90, ∞]"},
		{ms, stats.Estimate{Center: nan, Low: nan, High: nan}, None},
	} {
		if got := c.scale.Estimate(c.e); got != c.want {
			t.Errorf("estimate(%v) = %q, want %q", c.e, got, c.want)
		}
	}
}

func TestEffects(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ got, want string }{
		{Ratio(e(0.1563, 0.149, 0.163)), "×0.156 [0.149, 0.163]"},
		{Ratio(e(4.21, 4.18, 4.25)), "×4.21 [4.18, 4.25]"},
		{Ratio(e(1, nan, nan)), "×1.00"},
		{Ratio(e(nan, nan, nan)), None},
		{Points(e(-0.004, -0.01, -0.0009)), "−0.4 pp [−1.0, −0.1]"},
		{Points(e(0, -0.001, 0.002)), "0.0 pp [−0.1, +0.2]"},
		{Change(e(1.73, 1.70, 1.77)), "+73 % [+70, +77]"},
		{Change(e(0.95, 0.93, 0.97)), "−5 % [−7, −3]"},
		{Percent(0.979), "97.9 %"},
		{Percent(0.0004), "0.04 %"},
		{Fixed(-0.001, 2), "0.00"},
		{Fixed(-1234567.891, 1), "−1,234,567.9"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestScaleOf(t *testing.T) {
	for _, c := range []struct {
		unit   string
		values []float64
		want   string
	}{
		{"p99-sec", []float64{0.1, 0.5}, "ms"},
		{"p99-sec", []float64{0.00005, 0.5}, "ms"},
		{"p99-sec", []float64{2, 5}, "s"},
		{"p99-sec", []float64{math.Inf(1)}, "s"},
		{"lag-p99-sec", []float64{0.0001}, "µs"},
		{"peak-RSS-bytes", []float64{20 << 20}, "MiB"},
		{"error-ratio", []float64{0.05}, "%"},
		{"goodput/s", []float64{5}, "/s"},
		{"peak-goroutines", []float64{5}, ""},
	} {
		if got := ScaleOf(c.unit, c.values); got.Unit != c.want {
			t.Errorf("scaleOf(%q, %v) = %q, want %q", c.unit, c.values, got.Unit, c.want)
		}
	}
}
