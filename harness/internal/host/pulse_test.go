package host

import (
	"testing"
	"time"
)

func TestPulseSeesGapsAndSteps(t *testing.T) {
	const p = pulsePeriod
	for _, c := range []struct {
		name       string
		mono, wall []time.Duration // at each look
		gap, step  time.Duration
	}{
		{"nothing", []time.Duration{0, p, 2 * p}, []time.Duration{0, p, 2 * p}, 0, 0},
		{"one look", []time.Duration{0}, []time.Duration{0}, 0, 0},
		{"a look early", []time.Duration{0, p, p + p/2}, []time.Duration{0, p, p + p/2}, 0, 0},
		{"stopped", []time.Duration{0, p, p + time.Second}, []time.Duration{0, p, p + time.Second}, time.Second - p, 0},
		{"suspended", []time.Duration{0, p, 2 * p}, []time.Duration{0, p, 2*p + time.Hour}, 0, time.Hour},
		{"set and set back", []time.Duration{0, p, 2 * p, 3 * p}, []time.Duration{0, p + time.Second, 2*p + time.Second, 3 * p}, 0, time.Second},
		{"set back", []time.Duration{0, p, 2 * p}, []time.Duration{0, p - time.Minute, 2*p - time.Minute}, 0, -time.Minute},
		{"slewed", []time.Duration{0, p, 2 * p, 3 * p}, []time.Duration{0, p + 25*time.Microsecond, 2*p + 50*time.Microsecond, 3*p + 75*time.Microsecond}, 0, 25 * time.Microsecond},
	} {
		var g gaps
		for i := range c.mono {
			g.look(c.mono[i], c.wall[i])
		}
		if g.longest != c.gap || g.step != c.step {
			t.Errorf("%s: gap %v, step %v, want %v and %v", c.name, g.longest, g.step, c.gap, c.step)
		}
	}
}

// TestPulseEnds watches for no time at all: a test cannot know for how long the machine
// keeps it from running.
func TestPulseEnds(t *testing.T) {
	if gap, _ := BeginPulse().End(); gap < 0 {
		t.Errorf("gap %v", gap)
	}
}
