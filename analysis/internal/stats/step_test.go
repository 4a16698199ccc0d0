package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A clean step in the middle is as rare as the orders that have one.
func TestStep(t *testing.T) {
	step := func(n int) []float64 {
		var v []float64
		for i := range n {
			x := float64(i % (n / 2))
			if i >= n/2 {
				x += 100
			}
			v = append(v, x)
		}
		return v
	}
	for _, c := range []struct {
		name  string
		v     []float64
		p     float64
		slack float64
	}{
		{"nothing", nil, 1, 0},
		{"one value", []float64{1}, 1, 0},
		{"equal values", []float64{2, 2, 2, 2, 2, 2}, 1, 0},
		{"two values", []float64{1, 2}, 1, 0},
		{"a step in six", step(6), 2 * 36. / 720, 1e-12},
		{"a step in eight", step(8), 2 * 576. / 40320, 1e-12},
		{"a step in ten", step(10), 2 / 252., 0.004},
		{"a step in sixteen", step(16), 2 / 12870., 0.0006},
		{"beyond the time-out", []float64{1, 1, 1, math.Inf(1), math.Inf(1), math.Inf(1)}, 2 * 36. / 720, 1e-12},
	} {
		if got := Step(c.v); math.Abs(got-c.p) > c.slack {
			t.Errorf("%s: p = %v, want %v", c.name, got, c.p)
		}
	}
}

// If nothing changes, p is at most alpha in at most that share of series.
func TestStepLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n, alpha = 400, 0.1
	hits := 0
	for range n {
		v := make([]float64, 7)
		for i := range v {
			v[i] = math.Round(3 * r.NormFloat64()) // with ties
		}
		if Step(v) <= alpha {
			hits++
		}
	}
	if most := alpha*n + 4*math.Sqrt(alpha*(1-alpha)*n); float64(hits) > most {
		t.Errorf("p ≤ %v in %d of %d series without a change", alpha, hits, n)
	}
}

func TestFewestForStep(t *testing.T) {
	for alpha, want := range map[float64]int{0.1: 6, 0.05: 8, 0.01: 10, 0.001: 14} {
		if got := FewestForStep(alpha); got != want {
			t.Errorf("%v: %d values, want %d", alpha, got, want)
		}
	}
}
