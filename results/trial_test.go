package results

import (
	"math/rand/v2"
	"testing"
)

func TestSaturated(t *testing.T) {
	open := func(completed uint64, inFlight ...uint64) *StreamResult {
		return &StreamResult{Model: ModelOpen, Scheduled: 1000, Completed: completed, InFlight: [3]uint64(inFlight)}
	}
	// counted is a load of which the answers in the window and the backlog are known.
	counted := func(completed, answered, backlog uint64, inFlight ...uint64) *StreamResult {
		s := open(completed, inFlight...)
		s.Answered, s.Backlog = &answered, backlog
		return s
	}
	limited := open(500, 100, 300, 500)
	limited.GeneratorLimited = "generator-limited: p99 of lag is 5ms"
	for _, c := range []struct {
		name string
		s    *StreamResult
		want bool
	}{
		{"slow, and keeps up", counted(900, 1000, 100, 98, 103, 100), false},
		{"works off a backlog", counted(1000, 1230, 230, 0, 0, 0), false},
		{"falls behind with a backlog", counted(600, 830, 230, 285, 340, 400), true},
		{"falls behind by what a steady number varies, counted", counted(965, 985, 20, 20, 30, 35), false},
		{"loses requests", counted(900, 900, 0, 0, 0, 0), true},
		{"the generator is the limit", limited, false},
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

// A backlog is told of if the window does not go on like that.
func TestBacklogged(t *testing.T) {
	for _, c := range []struct {
		name     string
		backlog  uint64
		inFlight [3]uint64
		want     bool
	}{
		{"none", 0, [3]uint64{}, false},
		{"at most 1 %", 10, [3]uint64{}, false},
		{"of a warm-up", 230, [3]uint64{100, 0, 0}, true},
		{"as ever", 230, [3]uint64{240, 210, 250}, false},
		{"as ever, but for chance", 230, [3]uint64{180, 210, 250}, false},
		{"and it grows", 230, [3]uint64{260, 290, 330}, true},
	} {
		answered := 1000 + c.backlog - c.inFlight[2]
		s := &StreamResult{Model: ModelOpen, Scheduled: 1000, Answered: &answered, Backlog: c.backlog, InFlight: c.inFlight}
		if got := s.Backlogged(); (got != "") != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if s := (&StreamResult{Model: ModelClosed, Scheduled: 1000, Backlog: 500}); s.Backlogged() != "" {
		t.Errorf("a closed load: %q", s.Backlogged())
	}
}

// The generator's share in a metric is that of the metric itself, where it is known.
func TestShare(t *testing.T) {
	p99 := 0.07
	old := &StreamResult{GeneratorShare: &p99}
	now := &StreamResult{GeneratorShare: &p99, GeneratorShares: map[string]float64{"p50": 0.01, "p99": 0.07}}
	for _, c := range []struct {
		s    *StreamResult
		name string
		want float64 // negative: there is none
	}{
		{old, "p50", -1}, {old, "p95", -1}, {old, "mean", -1}, {old, "p99", 0.07}, {old, "p99.9", 0.07}, {old, "max", 0.07}, {old, "goodput", -1},
		{now, "p50", 0.01}, {now, "p99", 0.07}, {now, "p99.9", -1}, {now, "goodput", -1},
		{&StreamResult{}, "p99", -1},
	} {
		m, _ := MetricByName(c.name)
		got := c.s.Share(m)
		if (got != nil) != (c.want >= 0) || got != nil && *got != c.want {
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
	s := &StreamResult{Model: ModelOpen, Answered: new(uint64)}
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
			*s.Answered++
			if at >= warmup {
				s.Completed++
			}
		}
		if at < warmup && end >= warmup {
			s.Backlog++
		}
		for k := range s.InFlight {
			if third := warmup + window*float64(k+1)/3; at < third && end >= third {
				s.InFlight[k]++
			}
		}
	}
}
