package attack

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// headStart is the time between the pacer's first call and the start of the
// attack: long enough for the first wait to be exact.
const headStart = 50 * time.Millisecond

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

// clock gives durations since the start of the attack, negative before it. It
// is fixed by the pacer's first call.
type clock struct{ zero time.Time }

func (c *clock) now() time.Duration { return time.Since(c.zero) }

// openPacer is a vegeta.Pacer that walks an absolute schedule. It waits inside
// Pace, since vegeta's own wait oversleeps by about a millisecond, and tells
// the transport when request k was meant to start. It is called by one
// goroutine.
type openPacer struct {
	ctx   context.Context
	clock *clock
	begun chan struct{} // closed when the clock is fixed
	sched *schedule.Schedule
	sleep func(d time.Duration, alone bool)
	open  func(intended time.Duration) // a request is about to be sent
	few   func() bool                  // few requests are under way

	lead        *lead
	last        time.Duration // when the newest request is due
	slots       *slots
	windowStart time.Duration
	planned     atomic.Uint64
	inWindow    atomic.Uint64
}

// slots hands the intended moments from the pacer to the transport. It holds
// only requests that are between the two.
type slots struct {
	mu sync.Mutex
	at map[uint64]time.Duration
}

func (s *slots) put(k uint64, at time.Duration) {
	s.mu.Lock()
	s.at[k] = at
	s.mu.Unlock()
}

func (s *slots) take(k uint64) (time.Duration, bool) {
	s.mu.Lock()
	at, ok := s.at[k]
	delete(s.at, k)
	s.mu.Unlock()
	return at, ok
}

// Pace implements vegeta.Pacer. It returns when request number hits is nearly
// due (see lead), and stops at the end of the schedule or when the context ends.
func (p *openPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.clock.zero = time.Now().Add(headStart)
		close(p.begun)
	}
	at, ok := p.sched.Next()
	if !ok {
		return 0, true
	}
	if p.few() {
		// The worker that was just given a request runs first, on this very
		// thread, without another one being woken for it. When many requests
		// are under way their workers would all run first, and the pacer late.
		runtime.Gosched()
	}
	p.wait(at)
	if p.ctx.Err() != nil {
		return 0, true
	}
	p.open(at)
	p.slots.put(hits, at)
	p.planned.Add(1)
	if at >= p.windowStart {
		p.inWindow.Add(1)
	}
	return 0, false
}

// wait returns the lead before the moment at, or when the context ends. Half of
// the time since the request before stays for everybody else.
func (p *openPacer) wait(at time.Duration) {
	gap := at - p.last
	p.last = at
	at -= min(p.lead.now(), gap/2)
	for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil; wait = at - p.clock.now() {
		p.sleep(min(wait, 100*time.Millisecond), p.few())
	}
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *openPacer) Rate(time.Duration) float64 { return 0 }

// closedPacer is a vegeta.Pacer that starts the clients of a closed load one by
// one over the stagger.
type closedPacer struct {
	ctx     context.Context
	clock   *clock
	begun   chan struct{}
	clients uint64
	stagger time.Duration
}

// Pace implements vegeta.Pacer.
func (p *closedPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.clock.zero = time.Now().Add(headStart)
		close(p.begun)
	}
	at := time.Duration(float64(p.stagger) * float64(hits) / float64(p.clients))
	for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil && hits < p.clients; wait = at - p.clock.now() {
		time.Sleep(min(wait, 100*time.Millisecond))
	}
	return 0, hits == p.clients || p.ctx.Err() != nil
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *closedPacer) Rate(time.Duration) float64 { return 0 }
