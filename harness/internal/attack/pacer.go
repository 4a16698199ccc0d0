package attack

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// headStart is the time between the first call of the pacer and the start of the
// attack. It is long enough for the first wait to be exact.
const headStart = 50 * time.Millisecond

// start is the moment at which an attack starts. The first call of the pacer sets it
// and closes begun.
type start struct {
	clock *clock
	begun chan struct{}
	at    time.Time // when the attack is to start; zero: after the head start
}

// fix sets the start of the attack and announces it.
func (s *start) fix() {
	s.clock.zero = s.at
	if s.at.IsZero() {
		s.clock.zero = time.Now().Add(headStart)
	}
	close(s.begun)
}

// clock returns durations since the start of the attack. They are negative before
// the start.
type clock struct{ zero time.Time }

// now returns the time since the start of the attack.
func (c *clock) now() time.Duration { return time.Since(c.zero) }

// lanePacer is a vegeta.Pacer that releases all lanes at once.
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

// Rate implements vegeta.Pacer. vegeta's reports use it, but Assay does not use
// these reports.
func (p *lanePacer) Rate(time.Duration) float64 { return 0 }

// openPacer is a vegeta.Pacer that follows an absolute schedule. It waits inside
// Pace, because vegeta's own wait oversleeps by about a millisecond, and tells the
// transport when request k was meant to start. Only one goroutine calls it.
type openPacer struct {
	start
	ctx  context.Context
	next func() (time.Duration, bool) // moments of the schedule, in order
	open func(intended time.Duration) // called when a request is about to be sent
	few  func() bool                  // reports whether few requests are in flight

	lead        *lead
	last        time.Duration // when the latest request is due
	slots       *slots
	windowStart time.Duration
	planned     atomic.Uint64
	inWindow    atomic.Uint64
}

// slots passes the intended moments from the pacer to the transport. It holds only
// requests that are on their way between the two.
type slots struct {
	mu sync.Mutex
	at map[uint64]time.Duration
}

// put stores the intended moment of request k.
func (s *slots) put(k uint64, at time.Duration) {
	s.mu.Lock()
	s.at[k] = at
	s.mu.Unlock()
}

// take returns the intended moment of request k and removes it.
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
	at, ok := p.next()
	if !ok {
		return 0, true
	}
	if p.few() {
		// The worker that just received a request runs first, on this thread, so
		// that no other thread has to be woken for it. If many requests were in
		// flight, all their workers would run first, and the pacer would be late.
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

// wait returns the lead before the moment at, or when the context ends. It leaves
// half of the time since the previous request to everybody else.
func (p *openPacer) wait(at time.Duration) {
	gap := at - p.last
	p.last = at
	at -= min(p.lead.now(), gap/2)
	for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil; wait = at - p.clock.now() {
		preciseSleep(min(wait, 100*time.Millisecond))
	}
}

// Rate implements vegeta.Pacer. vegeta's reports use it, but Assay does not use
// these reports.
func (p *openPacer) Rate(time.Duration) float64 { return 0 }

// closedPacer is a vegeta.Pacer that starts the clients of a closed load one by one,
// spread over the stagger.
type closedPacer struct {
	start
	ctx     context.Context
	clients uint64                            // of this slice
	at      func(client uint64) time.Duration // when a client of this slice starts
}

// Pace implements vegeta.Pacer.
func (p *closedPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.fix()
	}
	at := p.at(hits)
	for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil && hits < p.clients; wait = at - p.clock.now() {
		time.Sleep(min(wait, 100*time.Millisecond))
	}
	return 0, hits == p.clients || p.ctx.Err() != nil
}

// Rate implements vegeta.Pacer. vegeta's reports use it, but Assay does not use
// these reports.
func (p *closedPacer) Rate(time.Duration) float64 { return 0 }
