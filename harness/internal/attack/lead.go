package attack

import (
	"sync/atomic"
	"time"
)

// maxLead limits the lead. During the lead the worker watches the clock, and nobody
// else can use its CPU. Most machines need less.
const maxLead = 100 * time.Microsecond

// lead is how long before a request is due the pacer hands it to a worker. It covers
// how late the pacer wakes and how long the hand-over takes; the worker watches the
// clock for the rest. Every request adjusts it.
type lead struct {
	ns   atomic.Int64
	most time.Duration
}

// allow lets the lead grow. With one thread there is one CPU, and the server needs
// it while a worker would watch the clock. A process that is confined to one of
// several CPUs has two threads.
func (l *lead) allow(threads int) {
	if threads > 1 {
		l.most = maxLead
	}
}

// now returns the lead.
func (l *lead) now() time.Duration { return time.Duration(l.ns.Load()) }

// await returns at the moment at, or immediately if that moment has passed.
func (l *lead) await(c *clock, at time.Duration) (now time.Duration) {
	now = c.now()
	l.learn(now <= at)
	for now < at {
		now = c.now()
	}
	return now
}

// learn records whether a request came early. The lead is adjusted so that three of
// four do.
func (l *lead) learn(early bool) {
	const step = time.Microsecond
	was := l.now()
	if early {
		l.ns.Store(int64(max(was-step, 0)))
	} else {
		l.ns.Store(int64(min(was+3*step, l.most)))
	}
}
