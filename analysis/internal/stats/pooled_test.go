package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// count makes counts from single values.
func count(values ...float64) Counts {
	var c Counts
	for _, v := range values {
		if math.IsInf(v, 1) {
			c.Beyond++
			continue
		}
		c.Values = append(c.Values, v)
		c.Counts = append(c.Counts, 1)
	}
	return c
}

func TestPooledQuantile(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name   string
		blocks []Counts
		share  float64
		want   float64
	}{
		{"nothing", nil, 0.5, math.NaN()},
		{"empty blocks", []Counts{{}, {}}, 0.5, math.NaN()},
		{"one value", []Counts{count(4)}, 0.99, 4},
		{"median of 1…4", []Counts{count(1, 3), count(2, 4)}, 0.5, 2},
		{"p75 of 1…4", []Counts{count(1, 3), count(2, 4)}, 0.75, 3},
		{"a large block outweighs a small one", []Counts{count(1, 2, 3, 4, 5, 6, 7), count(100)}, 0.5, 4},
		{"among time-outs", []Counts{count(1, inf), count(inf)}, 0.5, inf},
		{"below time-outs", []Counts{count(1, 2), count(3, inf)}, 0.75, 3},
	} {
		if got := Pooled(c.blocks, c.share, 1); got.Center != c.want && !(math.IsNaN(got.Center) && math.IsNaN(c.want)) || got.Bounded() {
			t.Errorf("%s: %+v, want %v and no interval", c.name, got, c.want)
		}
	}
}

func TestPooledInterval(t *testing.T) {
	var blocks []Counts
	for b := range 10 {
		values := make([]float64, 50)
		for i := range values {
			values[i] = float64(i) + float64(b)/10
		}
		blocks = append(blocks, count(values...))
	}
	a, b := Pooled(blocks, 0.9, 3), Pooled(blocks, 0.9, 3)
	if a != b {
		t.Errorf("one seed gives %+v and %+v", a, b)
	}
	if !(a.Low <= a.Center && a.Center <= a.High) || a.High-a.Low > 1 {
		t.Errorf("%+v: want a narrow interval around its centre", a)
	}
}

func TestChangePoint(t *testing.T) {
	step := make([]float64, 20)
	for i := range step {
		step[i] = float64(i * 7 % 5)
		if i >= 12 {
			step[i] += 10
		}
	}
	if at, p := ChangePoint(step); at != 12 || p > 0.01 {
		t.Errorf("a step at 12 is found at %d with p = %v", at, p)
	}
	for name, v := range map[string][]float64{
		"short": {1, 2, 3, 10, 11, 12, 13}, "constant": make([]float64, 30), "alternating": {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2},
	} {
		if at, p := ChangePoint(v); p < 0.3 {
			t.Errorf("%s: a change at %d with p = %v", name, at, p)
		}
	}
}

// TestChangePointLevel: the approximation must not cry wolf more often than it
// says.
func TestChangePointLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	const runs = 2000
	for _, n := range []int{10, 20, 60} {
		fired := 0
		for range runs {
			v := make([]float64, n)
			for i := range v {
				v[i] = r.NormFloat64()
			}
			if _, p := ChangePoint(v); p <= 0.05 {
				fired++
			}
		}
		if share := float64(fired) / runs; share > 0.06 {
			t.Errorf("n = %d: fires in %.1f %% of series without a change", n, 100*share)
		}
	}
}
