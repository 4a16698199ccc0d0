package attack

import (
	"sync/atomic"
	"time"
)

// maxLead bounds the lead, and so the time for which the clock is watched before
// a request, which nobody else on its CPU can use. Most machines need less.
const maxLead = 100 * time.Microsecond

// lead is how much before a request is due the pacer hands it to a worker: about
// as much as the pacer wakes late and as handing over takes. The worker watches
// the clock for the rest. It is learnt from every request.
type lead struct {
	ns   atomic.Int64
	most time.Duration
}

// allow lets the lead grow. With one thread there is one CPU, and the server needs
// it while a worker would watch the clock. What is kept to one of several CPUs has
// two threads.
func (l *lead) allow(threads int) {
	if threads > 1 {
		l.most = maxLead
	}
}

func (l *lead) now() time.Duration { return time.Duration(l.ns.Load()) }

// await returns at the moment at, or at once if that is past.
func (l *lead) await(c *clock, at time.Duration) (now time.Duration) {
	now = c.now()
	l.learn(now <= at)
	for now < at {
		now = c.now()
	}
	return now
}

// learn takes in whether a request came early: of four, three are to.
func (l *lead) learn(early bool) {
	const step = time.Microsecond
	was := l.now()
	if early {
		l.ns.Store(int64(max(was-step, 0)))
	} else {
		l.ns.Store(int64(min(was+3*step, l.most)))
	}
}
