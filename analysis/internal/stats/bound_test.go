package stats

import (
	"math"
	"testing"
)

func TestMedianBound(t *testing.T) {
	values := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(n - i)
		}
		return v
	}
	nan := math.NaN()
	for _, c := range []struct {
		n           int
		above       bool
		bound, conf float64
	}{
		{0, true, nan, nan},
		{4, true, nan, nan},
		{5, true, 5, 1 - 1.0/32},
		{5, false, 1, 1 - 1.0/32},
		{8, true, 7, 1 - 9.0/256},
		{10, true, 9, 1 - 11.0/1024},
		{10, false, 2, 1 - 11.0/1024},
	} {
		bound, conf := MedianBound(values(c.n), c.above, Level)
		if math.IsNaN(c.bound) != math.IsNaN(bound) || !math.IsNaN(bound) && bound != c.bound {
			t.Errorf("n = %d: bound %v, want %v", c.n, bound, c.bound)
		}
		near(t, "confidence", conf, c.conf)
	}
}
