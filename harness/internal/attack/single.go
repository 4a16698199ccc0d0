package attack

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/results"
)

// exchanger sends one message and reads its answer. It stamps FirstWrite and
// LastByte, and records what the answer says. An error means that there is no
// answer.
type exchanger interface {
	exchange(m *Message, seq []byte, deadline time.Time, e *ledger.Entry) error
	connect(ctx context.Context) error // opens the connections beforehand
	opening() *results.Opening         // how they were opened; nil if they were not
	counts() (connections, handshakes, redials uint64)
	close() // ends every connection, and with it every request under way
}

// single makes a load request by request. In open load, a hit of vegeta is a
// request; in closed load, it is a client, which sends one request after another
// until the load ends. single serves net/http, and systems without epoll.
type single struct {
	*Attack
	wire    exchanger
	ctx     context.Context
	slots   slots
	lead    lead
	sent    atomic.Uint64
	lost    atomic.Int64  // time that clients lost in the window, in nanoseconds
	ended   atomic.Uint64 // finished requests of an open load
	scratch sync.Pool
}

// newSingle makes an engine that sends over wire.
func newSingle(a *Attack, wire exchanger) *single {
	s := &single{Attack: a, wire: wire, slots: slots{at: map[uint64]time.Duration{}}}
	s.scratch.New = func() any { return new(exchange) }
	return s
}

// never is later than every moment.
const never = time.Duration(math.MaxInt64)

// exchange is the working space of one request.
type exchange struct {
	msg   Message
	seq   []byte // the number of the request, as text
	entry ledger.Entry
	kept  message.Kept // of an answer that is to be checked
	run   running      // of a flow
}

// connect implements engine.
func (s *single) connect(ctx context.Context) error { return s.wire.connect(ctx) }

// opening implements engine.
func (s *single) opening() *results.Opening { return s.wire.opening() }

// stop implements engine.
func (s *single) stop() { s.wire.close() }

// close implements engine.
func (s *single) close() { s.wire.close() }

// run implements engine.
func (s *single) run(ctx context.Context) (t tallied, err error) {
	s.ctx = ctx
	begin := start{&s.clock, s.begun, s.at}
	var hits, want uint64
	if s.cfg.closed() {
		want = uint64(s.cfg.clients())
		p := &closedPacer{start: begin, ctx: ctx, clients: want, at: s.starts}
		hits = drive(p, want, s.client)
		t.planned = s.sent.Load()
	} else {
		s.lead.allow(runtime.GOMAXPROCS(0))
		p := &openPacer{
			start: begin, ctx: ctx, next: s.cfg.walk(), open: s.rec.open, few: s.few,
			lead: &s.lead, slots: &s.slots, windowStart: s.cfg.Warmup,
		}
		hits = drive(p, 0, s.request)
		want = s.sent.Load()
		t.planned, t.inWindow = p.planned.Load(), p.inWindow.Load()
	}
	t.sent, t.lost = s.sent.Load(), time.Duration(s.lost.Load())
	t.connections, t.handshakes, t.redials = s.wire.counts()
	if ctx.Err() == nil && hits != want {
		return t, fmt.Errorf("attack: vegeta reported %d hits, the transport had %d", hits, want)
	}
	return t, nil
}

// starts returns when a client of the slice starts. The clients of all slices start one
// after the other.
func (s *single) starts(client uint64) time.Duration {
	return time.Duration(float64(s.cfg.stagger()) * float64(s.cfg.Slice.nth(client)) / float64(s.cfg.Clients))
}

// walk returns a function that gives the moments of the slice's requests in order.
func (c *Config) walk() func() (time.Duration, bool) {
	skip := c.Slice.Number
	return func() (at time.Duration, ok bool) {
		for range skip {
			if _, ok := c.Schedule.Next(); !ok {
				return 0, false
			}
		}
		skip = c.Slice.stride() - 1
		return c.Schedule.Next()
	}
}

// request is a hit of an open load: the hit's request of the slice, which the schedule
// and the targets define.
func (s *single) request(hit uint64) {
	x := s.scratch.Get().(*exchange)
	defer s.scratch.Put(x)
	s.prepare(x, s.cfg.Slice.nth(hit))
	x.entry.Intended, _ = s.slots.take(hit)
	x.entry.Dispatch = s.lead.await(&s.clock, x.entry.Intended)
	s.sent.Add(1)
	s.make(x)
	s.ended.Add(1)
}

// few reports whether few requests of an open load are in flight.
func (s *single) few() bool { return s.sent.Load()-s.ended.Load() <= 4 }

// client is a hit of a closed load: the hit's client of the slice.
func (s *single) client(hit uint64) {
	x := s.scratch.Get().(*exchange)
	defer s.scratch.Put(x)
	left := s.cfg.share(s.cfg.Slice.nth(hit))
	since := never // when the client wants to send next; the pacer decides for the first request
	for left > 0 && s.ctx.Err() == nil {
		at, ok := s.rec.admit(&s.clock)
		if !ok {
			return
		}
		s.lost.Add(int64(max(at-max(since, s.cfg.Warmup), 0)))
		s.prepare(x, s.cfg.Slice.nth(s.sent.Add(1)-1))
		x.entry.Intended, x.entry.Dispatch = at, at
		outcome := s.make(x)
		if s.cfg.Requests > 0 && at >= s.cfg.Warmup {
			left--
		}
		pause := s.cfg.pause(&x.entry, outcome, x.entry.LastByte)
		since = x.entry.LastByte + pause
		if left > 0 {
			s.sleep(since - s.clock.now())
		}
	}
}

// make makes the prepared request, or all of the flow whose first step it is. The entry is
// then that of the flow.
func (s *single) make(x *exchange) Outcome {
	if s.cfg.Flow != nil {
		return s.flow(x)
	}
	return s.send(x)
}

// prepare makes the request, or the first step of the flow, with a number.
func (s *single) prepare(x *exchange, number uint64) {
	if s.cfg.Flow != nil {
		x.run.begin(s.cfg.Flow, number)
		s.step(x, 0)
		return
	}
	s.number(x, number)
	s.cfg.request(&x.msg, number)
	x.keep()
}

// number empties the working space for the request with a number.
func (s *single) number(x *exchange, seq uint64) {
	x.entry = ledger.Entry{Seq: seq, Phases: x.entry.Phases[:0]}
	x.seq = strconv.AppendUint(x.seq[:0], seq, 10)
}

// keep makes room for the answer if it is to be kept.
func (x *exchange) keep() {
	if x.msg.Keep {
		x.kept.Clear()
		x.entry.Answer = &x.kept
	}
}

// send sends the prepared request, whose intended moment and dispatch are known, and
// records it in the ledger.
func (s *single) send(x *exchange) Outcome {
	e := &x.entry
	err := s.wire.exchange(&x.msg, x.seq, s.clock.zero.Add(e.Intended+s.cfg.Timeout), e)
	outcome, failure := s.cfg.judge(e, err)
	s.rec.record(e, outcome, failure)
	s.observe(e, outcome)
	return outcome
}

// sleep waits as a client does between an answer and its next request.
func (s *single) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	}
}

// share returns how many requests a client sends in the window. A client with a
// larger share, or with slower answers, may be the last one: the load lasts as long
// as its slowest client.
func (c *Config) share(client uint64) uint64 {
	if c.Requests == 0 {
		return math.MaxUint64 // the window ends the client
	}
	n := uint64(c.Clients)
	share := c.Requests / n
	if client < c.Requests%n {
		share++
	}
	return share
}

// stagger returns the time over which the starts of a closed load's clients are
// spread.
func (c *Config) stagger() time.Duration { return min(maxStagger, c.Warmup) }

// judge returns the outcome of a request and, if it has no answer or a wrong one, the
// kind of failure.
func (c *Config) judge(e *ledger.Entry, err error) (o Outcome, failure string) {
	if err != nil {
		return classifyFailure(err)
	}
	o = c.Classify(e.Status, e.Asked)
	if c.Checks == nil {
		return o, ""
	}
	return c.examine(e, o)
}

// pause returns how long a client waits between an answer and its next request.
func (c *Config) pause(e *ledger.Entry, o Outcome, now time.Duration) time.Duration {
	wait := c.Think
	if o == Rejected || e.Status == 0 {
		switch {
		case c.Backoff != nil && o == Rejected:
			wait += *c.Backoff
		case e.Asked:
			wait += e.Wait
		default:
			wait += ledger.DefaultBackoff
		}
	}
	if c.Duration > 0 {
		wait = min(wait, c.Warmup+c.Duration-now+time.Millisecond)
	} else if e.Asked {
		// A load that is bounded by a count ends when all requests were sent. A
		// server that asks for a retry in an hour would otherwise delay the end by
		// an hour.
		wait = min(wait, c.Think+c.Timeout)
	}
	return wait
}
