package lane

import (
	"os"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// flight is a request that was taken up and has not ended.
type flight struct {
	part       *part
	conn       *conn // nil while one is opened for it
	entry      ledger.Entry
	client     int32 // of a closed load
	number     int   // of the client, among all lanes; negative in an open load
	closes     bool  // the request asks for the end of its connection
	again      bool  // its connection was dialled again
	written    bool  // FirstWrite is known
	generation uint32

	before, after *flight // in the order of their deadlines
}

// part is the share of one stream in one lane: its connections, and what is under
// way on them.
type part struct {
	stream  *Stream
	lane    *Lane
	handler Handler
	source  source
	msg     message.Message
	most    int // connections

	idle  []*conn // the one used last is at the end
	taken int     // places of connections: open, being opened, or ended while idle
	sent  uint64

	first, last *flight // under way, the earliest deadline first
	free        *flight // linked by after
	over        bool
	busy        []float64     // of the lane, when it is over
	done        chan struct{} // closed when it is over

	mu       sync.Mutex
	arrivals []arrival // connections that were opened aside
	shutting bool      // the load is broken off
	gone     bool      // nobody takes arrivals any more
}

func newPart(s *Stream, l *Lane, number, of int) *part {
	p := &part{stream: s, lane: l, handler: s.cfg.Handler(number), done: make(chan struct{})}
	p.most = (s.cfg.Connections - number + of - 1) / of
	if s.cfg.Schedule != nil {
		p.source = newOpen(&s.cfg, p.handler, number, of)
	} else {
		p.source = newClosed(s, p.handler, number, of)
	}
	return p
}

// now is the time since the start of the load, by the newest reading of the clock.
func (p *part) now() time.Duration { return p.lane.now - p.stream.zero }

// clock is the time since then, by a new reading.
func (p *part) clock() time.Duration { return p.lane.clock() - p.stream.zero }

// room tells whether a request could be sent, or a connection opened for it.
func (p *part) room() bool { return len(p.idle) > 0 || p.taken < p.most }

// send sends up to most requests that are due, and returns when, on the lane's
// clock, there is something to do again.
func (p *part) send(most int) (next time.Duration) {
	for range most {
		if !p.room() {
			p.source.hold(p.now())
			break
		}
		if !p.source.due(p.now()) {
			break
		}
		p.start()
	}
	next = p.source.next(p.room())
	if p.first != nil {
		next = min(next, p.first.entry.Intended+p.stream.cfg.Timeout)
	}
	if next == never {
		return never
	}
	return next + p.stream.zero
}

// start takes up a request.
func (p *part) start() {
	f := p.flight()
	held := p.source.take(f)
	p.sent++
	p.link(f)
	c := p.connection()
	if c != nil && !c.dead {
		p.write(f, c, held)
		return
	}
	now := p.clock()
	if !held {
		p.source.stamp(f, now)
	}
	switch {
	case p.late(f, now):
		if c != nil {
			p.idle = append(p.idle, c)
		}
		p.fail(f, tooLate(held))
	case c != nil:
		// It was idle, and the server has ended it.
		f.entry.FirstWrite, f.written = now, true
		p.redial(f)
	default:
		p.taken++
		p.dial(f)
	}
}

// connection takes an idle connection; nil if there is none.
func (p *part) connection() *conn {
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return c
}

// keep puts a connection that can carry another request among the idle ones.
func (p *part) keep(c *conn) {
	if !p.stream.cfg.Reuse {
		c.drop()
		return
	}
	c.used = true
	p.idle = append(p.idle, c)
}

// write sends a request on its connection. The clock is read as late as can be, and
// once.
func (p *part) write(f *flight, c *conn, held bool) {
	p.handler.Request(&p.msg, f.entry.Seq)
	l := p.lane
	l.out = p.stream.cfg.Envelope.Append(l.out[:0], &p.msg, f.entry.Seq)
	f.closes = !p.stream.cfg.Reuse || p.msg.Closes()
	now := p.clock()
	if !held {
		p.source.stamp(f, now)
	}
	if !f.written {
		f.entry.FirstWrite, f.written = now, true
	}
	if p.late(f, now) {
		p.keep(c)
		p.fail(f, tooLate(held))
		return
	}
	f.conn, c.flight = c, f
	c.wrote = l.now
	c.answer.Reset(p.msg.Method == "HEAD")
	c.write(l.out)
	if cap(l.out) > mostKept {
		l.out = nil
	}
}

// tooLate is the failure of a request that is past its deadline before it was sent:
// it waited for a connection, or for the lane.
func tooLate(held bool) error {
	if held {
		return ErrNoConnection
	}
	return os.ErrDeadlineExceeded
}

// late tells whether a request is past its deadline.
func (p *part) late(f *flight, now time.Duration) bool {
	return now >= f.entry.Intended+p.stream.cfg.Timeout
}

// flight returns an unused one.
func (p *part) flight() *flight {
	f := p.free
	if f == nil {
		return &flight{part: p}
	}
	p.free = f.after
	phases := f.entry.Phases[:0]
	*f = flight{part: p, generation: f.generation}
	f.entry.Phases = phases
	return f
}

// link puts a flight at the end of those under way. They are taken up in the order
// of their deadlines.
func (p *part) link(f *flight) {
	f.before, f.after = p.last, nil
	if p.last == nil {
		p.first = f
	} else {
		p.last.after = f
	}
	p.last = f
}

func (p *part) unlink(f *flight) {
	if f.before == nil {
		p.first = f.after
	} else {
		f.before.after = f.after
	}
	if f.after == nil {
		p.last = f.before
	} else {
		f.after.before = f.before
	}
}

// end reports a request and forgets it.
func (p *part) end(f *flight, err error) {
	p.unlink(f)
	pause := p.handler.Ended(f.number, &f.entry, err)
	p.source.ended(f, pause)
	f.conn = nil
	f.generation++
	f.after, f.before = p.free, nil
	p.free = f
}

// fail ends a request that has no answer.
func (p *part) fail(f *flight, err error) {
	now := p.clock()
	if !f.written {
		f.entry.FirstWrite = now
	}
	f.entry.LastByte = now
	if p.late(f, now) && err != ErrNoConnection {
		// What came after the deadline, or went wrong then, came too late.
		err = os.ErrDeadlineExceeded
	}
	p.end(f, err)
}

// expire gives up what is past its deadline.
func (p *part) expire() {
	now := p.now()
	for n := 0; n < mostExpired && p.first != nil && p.late(p.first, now); n++ {
		f := p.first
		if f.conn != nil {
			f.conn.drop()
		}
		p.fail(f, os.ErrDeadlineExceeded)
	}
	for n := 0; n < mostExpired && p.source.overdue(now); n++ {
		f := p.flight()
		p.source.take(f)
		p.sent++
		p.link(f)
		p.fail(f, ErrNoConnection)
	}
}

// settle tells whether the share is over, and ends it then.
func (p *part) settle() bool {
	if !p.over && p.first == nil && p.source.over(p.now()) {
		p.finish()
	}
	return p.over
}
