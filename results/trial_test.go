package results

import (
	"math/rand/v2"
	"testing"
)

func TestSaturated(t *testing.T) {
	open := func(completed uint64, inFlight ...uint64) *StreamResult {
		return &StreamResult{Model: ModelOpen, Scheduled: 1000, Completed: completed, InFlight: [3]uint64(inFlight)}
	}
	for _, c := range []struct {
		name string
		s    *StreamResult
		want bool
	}{
		{"keeps up", open(995, 5, 6, 5), false},
		{"falls behind", open(980, 5, 6, 5), true},
		{"exactly 99 %", open(990, 5, 6, 5), false},
		{"falls behind by what a steady number varies", open(985, 20, 30, 35), false},
		{"falls behind by more", open(960, 25, 40, 60), true},
		{"grows", open(995, 5, 18, 31), true},
		{"grows by what a steady number varies", open(1000, 22, 26, 32), false},
		{"grows, but is small", open(1000, 0, 5, 10), false},
		{"grows and falls", open(995, 5, 20, 15), false},
		{"closed", &StreamResult{Model: ModelClosed, Scheduled: 1000, Completed: 900, InFlight: [3]uint64{1, 50, 100}}, false},
		{"nothing scheduled", &StreamResult{Model: ModelOpen}, false},
	} {
		if got := c.s.Saturated() != ""; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// How often a trial is called saturated, by simulation: 5 s at a rate per second of
// Poisson arrivals on a server that takes 50 to 100 ms for each, with so many at work.
func TestSaturatedIsNotChance(t *testing.T) {
	for _, c := range []struct {
		name        string
		rate        float64
		workers     int
		least, most float64 // share of trials
	}{
		{"no limit, 370/s", 370, 1000, 0, 0.01},
		{"no limit, 40/s", 40, 1000, 0, 0.01},
		{"half of what the workers can, 135/s", 135, 20, 0, 0.01},
		{"5 % more than they can, 280/s", 280, 20, 0.65, 1},
		{"20 % more than they can, 320/s", 320, 20, 0.99, 1},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		const trials = 3000
		n := 0
		for range trials {
			if simulate(r, c.rate, c.workers).Saturated() != "" {
				n++
			}
		}
		share := float64(n) / trials
		if share < c.least || share > c.most {
			t.Errorf("%s: %.2f %% of trials, want %g to %g %%", c.name, 100*share, 100*c.least, 100*c.most)
		}
	}
}

// simulate is a trial with 2 s of warm-up; times are in seconds.
func simulate(r *rand.Rand, rate float64, workers int) *StreamResult {
	const warmup, window = 2.0, 5.0
	s := &StreamResult{Model: ModelOpen}
	free := make([]float64, workers) // when each worker is free
	for at := 0.0; ; {
		if at += r.ExpFloat64() / rate; at >= warmup+window {
			return s
		}
		next := 0
		for i, f := range free {
			if f < free[next] {
				next = i
			}
			if f <= at {
				next = i
				break
			}
		}
		end := max(at, free[next]) + 0.050 + 0.050*r.Float64()
		free[next] = end
		if at >= warmup {
			s.Scheduled++
		}
		if end >= warmup && end < warmup+window {
			s.Completed++
		}
		for k := range s.InFlight {
			if third := warmup + window*float64(k+1)/3; at < third && end >= third {
				s.InFlight[k]++
			}
		}
	}
}
