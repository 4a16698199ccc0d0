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
	sleep func(time.Duration)
	open  func(intended time.Duration) // a request is about to be sent
	few   func() bool                  // few requests are under way

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

// Pace implements vegeta.Pacer. It returns when request number hits is due, and
// stops at the end of the schedule or when the context ends.
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
	for wait := at - p.clock.now(); wait > 0; wait = at - p.clock.now() {
		if p.ctx.Err() != nil {
			return 0, true
		}
		p.sleep(min(wait, 100*time.Millisecond))
	}
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

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *openPacer) Rate(time.Duration) float64 { return 0 }

// closedPacer is a vegeta.Pacer for clients that send as soon as they can. The
// clients start one by one over the stagger. It ends when the transport says
// that the window is over.
type closedPacer struct {
	ctx     context.Context
	clock   *clock
	begun   chan struct{}
	clients uint64
	stagger time.Duration
	over    *atomic.Bool
}

// Pace implements vegeta.Pacer.
func (p *closedPacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits == 0 {
		p.clock.zero = time.Now().Add(headStart)
		close(p.begun)
	}
	if hits < p.clients {
		// Note: a precise sleep would be no better for anyone, and its thread,
		// which then is this goroutine's own, would have to be woken for every
		// request: two switches of threads, a fifth of a request's cost.
		at := time.Duration(float64(p.stagger) * float64(hits) / float64(p.clients))
		for wait := at - p.clock.now(); wait > 0 && p.ctx.Err() == nil; wait = at - p.clock.now() {
			time.Sleep(min(wait, 100*time.Millisecond))
		}
	}
	return 0, p.over.Load() || p.ctx.Err() != nil
}

// Rate implements vegeta.Pacer for its own reports, which are not used.
func (p *closedPacer) Rate(time.Duration) float64 { return 0 }
