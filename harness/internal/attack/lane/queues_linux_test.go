package lane

import (
	"testing"
	"time"
)

// The lead grows while waits end late and shrinks while they end in time, up to a
// bound, and is never longer than the wait.
func TestLeadLearns(t *testing.T) {
	var none lead
	none.learn(false)
	if got := none.before(time.Second); got != 0 {
		t.Errorf("lead %v where none is allowed", got)
	}
	l := lead{most: maxLead}
	for range 1000 {
		l.learn(false)
	}
	if got := l.before(time.Second); got != maxLead {
		t.Errorf("lead %v after lateness, want %v", got, maxLead)
	}
	if got := l.before(maxLead / 2); got != maxLead/2 {
		t.Errorf("lead %v before a wait of %v", got, maxLead/2)
	}
	for range 1000 {
		l.learn(true)
	}
	if got := l.before(time.Second); got != 0 {
		t.Errorf("lead %v after being in time", got)
	}
}

func TestCountCPUs(t *testing.T) {
	for list, want := range map[string]int{"0": 1, "0-3": 4, "0-1,4,6-7": 5, "": 0, "x": 0, "3-1": 0} {
		if got := countCPUs(list); got != want {
			t.Errorf("%q: %d CPUs, want %d", list, got, want)
		}
	}
	if onlineCPUs() < 1 {
		t.Error("this machine has no CPU")
	}
}

// A wait ends when it should by either kind of timer, and by a knock.
func TestPollerWaits(t *testing.T) {
	for _, old := range []bool{false, true} {
		var p poller
		if err := p.open(old); err != nil {
			t.Fatal(err)
		}
		defer p.close()
		if old != (p.timer >= 0) {
			t.Errorf("old = %v, timer %d", old, p.timer)
		}
		const d = 5 * time.Millisecond
		begin := time.Now()
		for left := d; left > 0; left = d - time.Since(begin) {
			for i := range p.wait(left) {
				if e := p.events[i]; e.Fd != timerEvent {
					t.Errorf("old = %v: an event of %d", old, e.Fd)
				}
			}
		}
		p.knock()
		if n := p.wait(time.Hour); n != 1 || p.events[0].Fd != knockEvent {
			t.Errorf("old = %v: %d events after a knock", old, n)
		}
	}
}
