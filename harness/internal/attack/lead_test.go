package attack

import (
	"testing"
	"time"
)

// A request that comes early shortens the lead, and one that comes late lengthens
// it three times as much, up to a bound.
func TestLeadLearns(t *testing.T) {
	var l lead
	l.allow(1)
	l.learn(false)
	if got := l.now(); got != 0 {
		t.Errorf("lead %v with one thread", got)
	}
	l.allow(2)
	for _, c := range []struct {
		early bool
		times int
		want  time.Duration
	}{
		{false, 10, 30 * time.Microsecond}, {true, 10, 20 * time.Microsecond},
		{true, 100, 0}, {false, 1000, maxLead},
	} {
		for range c.times {
			l.learn(c.early)
		}
		if got := l.now(); got != c.want {
			t.Errorf("lead %v after %d with early = %v, want %v", got, c.times, c.early, c.want)
		}
	}
}

// No request leaves before its moment.
func TestNothingLeavesEarly(t *testing.T) {
	c := &clock{time.Now()}
	var l lead
	for _, away := range []time.Duration{-time.Millisecond, 0, 50 * time.Microsecond, 2 * time.Millisecond} {
		at := c.now() + away
		if now := l.await(c, at); now < at {
			t.Errorf("%v away: left at %v, before %v", away, now, at)
		}
	}
}
