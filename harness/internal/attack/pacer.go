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

// start is the moment at which an attack starts. It is fixed by the pacer's first
// call, which closes begun.
type start struct {
	clock *clock
	begun chan struct{}
}

func (s *start) fix() {
	s.clock.zero = time.Now().Add(headStart)
	close(s.begun)
}

// clock gives durations since the start of the attack, negative before it.
type clock struct{ zero time.Time }

func (c *clock) now() time.Duration { return time.Since(c.zero) }

// lanePacer is a vegeta.Pacer that releases the lanes, all at once.
type lanePacer struct {
	start
	lanes uint64
	begin func(zero time.Time)
}

// Pace implements vegeta.Pacer.
func (p *lanePacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.fix()
		p.begin(p.clock.zero)
	}
	return 0, hits == p.lanes
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *lanePacer) Rate(time.Duration) float64 { return 0 }

// openPacer is a vegeta.Pacer that walks an absolute schedule. It waits inside
// Pace, since vegeta's own wait oversleeps by about a millisecond, and tells
// the transport when request k was meant to start. It is called by one
// goroutine.
type openPacer struct {
	start
	ctx   context.Context
	sched *schedule.Schedule
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

// Pace implements vegeta.Pacer. It returns when request number hits is nearly due
// (see lead), and stops at the end of the schedule or when the context ends.
func (p *openPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.fix()
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
		preciseSleep(min(wait, 100*time.Millisecond))
	}
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *openPacer) Rate(time.Duration) float64 { return 0 }

// closedPacer is a vegeta.Pacer that starts the clients of a closed load one by
// one over the stagger.
type closedPacer struct {
	start
	ctx     context.Context
	clients uint64
	stagger time.Duration
}

// Pace implements vegeta.Pacer.
func (p *closedPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.fix()
	}
	at := time.Duration(float64(p.stagger) * float64(hits) / float64(p.clients))
	for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil && hits < p.clients; wait = at - p.clock.now() {
		time.Sleep(min(wait, 100*time.Millisecond))
	}
	return 0, hits == p.clients || p.ctx.Err() != nil
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *closedPacer) Rate(time.Duration) float64 { return 0 }
