package lane

import (
	"os"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// flight is a request that a lane has taken up and that has not ended yet.
type flight struct {
	part       *part
	conn       *conn // nil while one is opened for it
	entry      ledger.Entry
	client     int32 // index of the client in its share; only under closed load
	number     int   // number of the client among all lanes; negative under open load
	keep       bool  // the answer is to be checked
	closes     bool  // the request asks the server to close the connection
	again      bool  // the connection was opened again for this request
	written    bool  // FirstWrite is set
	follows    bool  // it is a step of a flow, and not the first one
	generation uint32

	before, after *flight // neighbours in the list of flights, in the order of deadlines
}

// part is the share of one stream in one lane: its connections, and the requests that are
// under way on them.
type part struct {
	stream  *Stream
	lane    *Lane
	handler Handler
	source  source
	msg     message.Message
	most    int // largest number of connections

	idle  []*conn // the one that was used last is at the end
	taken int     // number of connections that are open, are being opened, or were closed while idle
	sent  uint64

	first, last *flight // list of the requests under way, the earliest deadline first
	free        *flight // list of unused flights, linked by after
	over        bool
	busy        []float64     // how busy the lane was; set when the share is over
	done        chan struct{} // closed when the share is over

	mu       sync.Mutex
	arrivals []arrival // connections that other goroutines have opened
	shutting bool      // the load is being stopped
	gone     bool      // the share takes no arrivals any more
}

// newPart makes share number of a stream that is divided among of lanes.
func newPart(s *Stream, l *Lane, number, of int) *part {
	p := &part{stream: s, lane: l, handler: s.cfg.Handler(number), done: make(chan struct{})}
	p.most = (s.cfg.Connections - number + of - 1) / of
	first, stride := s.cfg.First+s.cfg.Stride*number, s.cfg.Stride*of
	if s.cfg.Schedule != nil {
		p.source = newOpen(&s.cfg, p.handler, first, stride)
	} else {
		p.source = newClosed(s, p.handler, first, stride)
	}
	if s.cfg.Steps > 0 {
		p.source = newFlows(p.source, &s.cfg)
	}
	return p
}

// now returns the time since the start of the load by the latest reading of the clock.
func (p *part) now() time.Duration { return p.lane.now - p.stream.zero }

// clock reads the clock and returns the time since the start of the load.
func (p *part) clock() time.Duration { return p.lane.clock() - p.stream.zero }

// room reports whether a request could be sent: there is an idle connection, or another
// one may be opened.
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

// start takes up the next request. It sends the request on an idle connection, or opens a
// connection for it.
func (p *part) start() {
	f := p.flight()
	held := p.take(f)
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
		// The server has closed this connection while it was idle.
		f.entry.FirstWrite, f.written = now, true
		p.redial(f)
	default:
		p.taken++
		p.dial(f)
	}
}

// take takes up the next request. A flow is counted with its first step.
func (p *part) take(f *flight) (held bool) {
	held = p.source.take(f)
	if !f.follows {
		p.sent++
	}
	p.link(f)
	return held
}

// connection removes the idle connection that was used last and returns it, or nil.
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

// keep adds a connection that can carry another request to the idle ones.
func (p *part) keep(c *conn) {
	if !p.stream.cfg.Reuse {
		c.drop()
		return
	}
	c.used = true
	p.idle = append(p.idle, c)
}

// write sends a request on its connection. It reads the clock only once, as late as
// possible.
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
	if f.keep = p.msg.Keep; f.keep {
		c.answer.Keep()
	}
	c.write(l.out)
	if cap(l.out) > mostKept {
		l.out = nil
	}
}

// tooLate returns the error of a request whose deadline passed before it was sent. It
// waited for a connection if it was held, and otherwise for the lane.
func tooLate(held bool) error {
	if held {
		return ErrNoConnection
	}
	return os.ErrDeadlineExceeded
}

// late reports whether the deadline of a request has passed.
func (p *part) late(f *flight, now time.Duration) bool {
	return now >= f.entry.Intended+p.stream.cfg.Timeout
}

// flight returns an unused flight. It keeps the memory for the phases of the one before.
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

// link adds a flight to the list. Requests are taken up in the order of their deadlines,
// so their place is at the end, and the list stays sorted. A step that follows another one
// is the exception: it is due from the arrival of an answer, which may have waited for the
// lane while later requests were sent.
func (p *part) link(f *flight) {
	before := p.last
	for f.follows && before != nil && before.entry.Intended > f.entry.Intended {
		before = before.before
	}
	f.before, f.after = before, p.first
	if before == nil {
		p.first = f
	} else {
		f.after, before.after = before.after, f
	}
	if f.after == nil {
		p.last = f
	} else {
		f.after.before = f
	}
}

// unlink removes a flight from the list.
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

// end reports a finished request to the handler, lets follow what follows it, and frees its
// flight.
func (p *part) end(f *flight, err error) {
	p.unlink(f)
	p.source.ended(f, p.handler.Ended(f.number, &f.entry, err))
	f.conn = nil
	f.generation++
	f.after, f.before = p.free, nil
	p.free = f
}

// fail ends a request without an answer.
func (p *part) fail(f *flight, err error) {
	now := p.clock()
	if !f.written {
		f.entry.FirstWrite = now
	}
	f.entry.LastByte = now
	if p.late(f, now) && err != ErrNoConnection {
		// After the deadline the reason no longer matters: the request has timed out.
		err = os.ErrDeadlineExceeded
	}
	p.end(f, err)
}

// expire gives up the requests whose deadline has passed, both those under way and those
// that wait for a connection.
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
		p.take(f)
		p.fail(f, ErrNoConnection)
	}
}

// settle ends the share if nothing is left to do, and reports whether it is over.
func (p *part) settle() bool {
	if !p.over && p.first == nil && p.source.over(p.now()) {
		p.finish()
	}
	return p.over
}
