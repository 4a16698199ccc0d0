package attack

import (
	"testing"
	"time"
)

// A request that comes early waits for its moment and shortens the lead; one that
// comes late goes at once and lengthens it, three times as much.
func TestLead(t *testing.T) {
	c := &clock{time.Now()}
	var l lead
	for range 10 {
		at := c.now() - time.Millisecond
		if now := l.await(c, at); now < at {
			t.Fatalf("a late request left at %v, before %v", now, at)
		}
	}
	if got := l.now(); got != 30*time.Microsecond {
		t.Errorf("lead %v after ten late requests, want 30 µs", got)
	}
	for range 10 {
		at := c.now() + 2*time.Millisecond
		if now := l.await(c, at); now < at {
			t.Fatalf("an early request left at %v, before %v", now, at)
		}
	}
	if got := l.now(); got != 20*time.Microsecond {
		t.Errorf("lead %v after ten early ones, want 20 µs", got)
	}
	for range 1000 {
		l.await(c, 0)
	}
	if got := l.now(); got != maxLead {
		t.Errorf("lead %v after a thousand late ones, want %v", got, maxLead)
	}
}
