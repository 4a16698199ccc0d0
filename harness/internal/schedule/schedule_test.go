package schedule

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func all(t testing.TB, stages []Stage, a Arrivals, seed uint64) []time.Duration {
	t.Helper()
	s, err := New(stages, a, seed)
	if err != nil {
		t.Fatal(err)
	}
	var moments []time.Duration
	for m, ok := s.Next(); ok; m, ok = s.Next() {
		moments = append(moments, m)
	}
	return moments
}

func TestConstantIsEvenAndExact(t *testing.T) {
	for _, c := range []struct {
		rate float64
		d    time.Duration
		want int
	}{
		{2000, 3 * time.Second, 6000},
		{1000, 20 * time.Second, 20000},
		{3, time.Second, 3},
		{0.5, 4 * time.Second, 2},
		{7, 1500 * time.Millisecond, 11},
	} {
		got := all(t, []Stage{Flat(c.rate, c.d)}, Constant, 1)
		if len(got) != c.want {
			t.Errorf("%v/s for %v: %d requests, want %d", c.rate, c.d, len(got), c.want)
		}
		for k, m := range got {
			if want := float64(k) / c.rate; math.Abs(m.Seconds()-want) > 2e-9 {
				t.Fatalf("%v/s: request %d at %v, want %vs", c.rate, k, m, want)
			}
		}
	}
}

func TestRampCounts(t *testing.T) {
	// 0 to 100/s in 10 s expects 500 requests; the k-th at sqrt(k/5).
	got := all(t, []Stage{{0, 100, 10 * time.Second}}, Constant, 1)
	if len(got) != 500 {
		t.Fatalf("%d requests, want 500", len(got))
	}
	for k, m := range got {
		if want := math.Sqrt(float64(k) / 5); math.Abs(m.Seconds()-want) > 1e-6 {
			t.Fatalf("request %d at %v, want %vs", k, m, want)
		}
	}
	steps := all(t, []Stage{Flat(10, time.Second), Flat(0, time.Second), Flat(20, time.Second)}, Constant, 1)
	if len(steps) != 30 || steps[9] >= time.Second || steps[10] != 2*time.Second {
		t.Errorf("steps 10/s, 0/s, 20/s: %d requests, 10th %v, 11th %v", len(steps), steps[9], steps[10])
	}
}

func TestPoissonDistribution(t *testing.T) {
	const rate, seconds = 1000, 100
	got := all(t, []Stage{Flat(rate, seconds*time.Second)}, Poisson, 42)
	n := float64(len(got))
	if sd := math.Sqrt(rate * seconds); math.Abs(n-rate*seconds) > 4*sd {
		t.Errorf("%v requests, want %d ± %.0f", n, rate*seconds, 4*sd)
	}
	// Kolmogorov–Smirnov against the exponential distribution, at 0.1 %.
	gaps := make([]float64, len(got)-1)
	for i := range gaps {
		gaps[i] = (got[i+1] - got[i]).Seconds()
	}
	slices.Sort(gaps)
	var worst float64
	for i, g := range gaps {
		f := 1 - math.Exp(-rate*g)
		worst = max(worst, math.Abs(f-float64(i)/n), math.Abs(float64(i+1)/n-f))
	}
	if limit := 1.95 / math.Sqrt(n); worst > limit {
		t.Errorf("gaps are not exponential: KS distance %.5f above %.5f", worst, limit)
	}
}

func TestSchedulesRepeatAndNeverGoBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Stage {
			return Stage{
				Rate:     rapid.Float64Range(0, 500).Draw(t, "rate"),
				To:       rapid.Float64Range(1, 500).Draw(t, "to"),
				Duration: time.Duration(rapid.IntRange(1, 2000).Draw(t, "ms")) * time.Millisecond,
			}
		}), 1, 4).Draw(t, "stages")
		a := Arrivals(rapid.IntRange(0, 1).Draw(t, "arrivals"))
		seed := rapid.Uint64().Draw(t, "seed")
		var total time.Duration
		for _, s := range stages {
			total += s.Duration
		}
		s1, err := New(stages, a, seed)
		if err != nil {
			t.Fatal(err)
		}
		s2, _ := New(stages, a, seed)
		var last time.Duration
		for {
			m, ok := s1.Next()
			m2, ok2 := s2.Next()
			if m != m2 || ok != ok2 {
				t.Fatalf("same seed, different moments: %v and %v", m, m2)
			}
			if !ok {
				break
			}
			if m < last || m > total {
				t.Fatalf("%v after %v in a load of %v", m, last, total)
			}
			last = m
		}
	})
}

func TestRefusals(t *testing.T) {
	for _, stages := range [][]Stage{
		nil,
		{Flat(0, time.Second)},
		{Flat(-1, time.Second)},
		{Flat(math.Inf(1), time.Second)},
		{Flat(math.NaN(), time.Second)},
		{Flat(10, 0)},
	} {
		if _, err := New(stages, Constant, 1); err == nil {
			t.Errorf("%v: no error", stages)
		}
	}
}
