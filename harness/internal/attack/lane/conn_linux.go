package lane

import (
	"bytes"
	"crypto/tls"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// conn is one connection.
type conn struct {
	part       *part
	fd         int // negative: closed
	slot       int32
	generation int32

	flight  *flight // nil: idle
	answer  message.Answer
	pending []byte // of the request, which the system did not take yet
	broken  error  // the request could not be written to its end
	arrival time.Duration
	wrote   time.Duration // when the request was written to it

	used   bool // was idle, however shortly: the server may have closed it then
	dead   bool // ended while idle
	closes bool // the other side has ended, or there is an error: no event will follow
	stamps bool // the system notes when something comes in

	answered bool // brought an answer before
	unasked  bool // something came in before the request was written

	secure  *tls.Conn // nil: plain
	carrier *carrier
}

// write sends a request, or what the system takes of it.
func (c *conn) write(b []byte) {
	if c.secure != nil {
		c.writeSecure(b)
		return
	}
	c.send(b)
}

// send hands b to the system. What it does not take follows when there is room.
func (c *conn) send(b []byte) {
	if len(c.pending) > 0 {
		c.pending = append(c.pending, b...)
		return
	}
	for len(b) > 0 {
		n, errno := send(c.fd, b)
		b = b[n:]
		switch errno {
		case 0:
		case unix.EAGAIN:
			c.pending = append(c.pending[:0], b...)
			return
		default:
			c.fault(errno)
			return
		}
	}
}

// fault is told that the connection takes no more. A server that refuses a long
// request may answer and close before it has read all of it: its answer is there.
func (c *conn) fault(err error) {
	c.broken, c.pending, c.closes = err, nil, true
	c.receive()
}

// flush goes on with what the system did not take.
func (c *conn) flush() {
	b := c.pending
	for len(b) > 0 {
		n, errno := send(c.fd, b)
		b = b[n:]
		if errno == unix.EAGAIN {
			break
		}
		if errno != 0 {
			c.fault(errno)
			return
		}
	}
	c.pending = append(c.pending[:0], b...)
	if len(b) == 0 && cap(c.pending) > readSize {
		c.pending = nil
	}
}

// event is told what the system reports of the connection.
func (c *conn) event(events uint32) {
	const ended = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	if events&unix.EPOLLOUT != 0 && len(c.pending) > 0 {
		if c.flush(); c.fd < 0 {
			return
		}
	}
	if events&(unix.EPOLLIN|ended) != 0 {
		c.closes = c.closes || events&ended != 0
		c.receive()
	}
}

// receive reads what is there, up to the bound of a turn. An event comes once: what
// is left is kept for the next turn.
func (c *conn) receive() {
	if c.secure != nil {
		c.receiveSecure()
		return
	}
	l := c.part.lane
	for range mostReads {
		n, err := c.read(l.in)
		switch {
		case err == errEmpty:
			if c.broken != nil {
				c.lost(c.broken)
			}
			return
		case err != nil:
			c.lost(err)
			return
		}
		if !c.feed(l.in[:n]) || n < len(l.in) && !c.closes {
			return
		}
	}
	l.more = append(l.more, c)
}

// read reads from the system, and notes when the last byte of it came in.
func (c *conn) read(b []byte) (int, error) {
	l := c.part.lane
	n, stamp, errno := l.poller.receive(c.fd, b)
	switch {
	case errno == unix.EAGAIN:
		return 0, errEmpty
	case errno != 0:
		return 0, errno
	case n == 0:
		c.arrival = l.clock()
		return 0, io.EOF
	case stamp != 0 && c.stamps:
		// The stamp is of the wall clock. For so short a time it is as good as the
		// lane's, unless it is set meanwhile: which voids what was measured.
		c.arrival = min(time.Duration(stamp)-l.skew, l.clock())
	default:
		// What came in before the system began to note it has no stamp.
		c.arrival = l.clock()
	}
	return n, nil
}

// feed takes what came, and tells whether the connection is still open.
func (c *conn) feed(b []byte) (open bool) {
	if c.flight == nil {
		// Nobody asked for it: there is no telling what it answers.
		c.die()
		return false
	}
	if !c.answer.Begun() && c.arrival < c.wrote {
		// It answers nothing that was sent on this connection. If the server now ends
		// the connection, it ended an idle one, and said why (408).
		c.unasked = true
		return true
	}
	if c.unasked {
		c.fail(ErrUnasked)
		return false
	}
	n, done, err := c.answer.Feed(b)
	switch {
	case err != nil:
		c.fail(err)
	case done && c.answered && bytes.HasPrefix(b[n:], nextAnswer):
		// Of what is read at once only the end has a stamp: the first answer may have
		// come early.
		c.fail(ErrUnasked)
	case done:
		c.complete(n < len(b))
	}
	return c.fd >= 0
}

// nextAnswer is how an answer begins.
var nextAnswer = []byte("HTTP/")

// complete ends a request whose answer is whole. More tells whether something
// follows it.
func (c *conn) complete(more bool) {
	f, p, a := c.flight, c.part, &c.answer
	e := &f.entry
	e.Status, e.Bytes = a.Status, a.Bytes
	// A stamp that is earlier than the first write is one from before the wall clock
	// was set: what has no such excuse does not get here.
	e.LastByte = max(c.arrival-p.stream.zero, e.FirstWrite)
	e.Handled = max(p.clock(), e.LastByte)
	e.Phases = ledger.AppendPhases(e.Phases[:0], a.Timing)
	if e.Asked = a.Asked; a.Asked {
		e.Wait = ledger.RetryAfter(string(a.RetryAfter))
	}
	c.flight, c.answered = nil, true
	if a.Closes || more || f.closes || len(c.pending) > 0 || c.broken != nil {
		c.drop()
	} else {
		p.keep(c)
	}
	p.end(f, nil)
}

// lost is told that the connection has ended.
func (c *conn) lost(err error) {
	if c.flight == nil {
		c.die()
		return
	}
	if err == io.EOF {
		if err = c.answer.End(); err == nil {
			c.complete(true)
			return
		}
	} else if c.answer.Begun() {
		err = message.ErrTruncated
	}
	if !c.answer.Begun() && c.broken != nil {
		err = c.broken
	}
	if c.unasked {
		err = ErrUnasked
	}
	if c.mayRedial() {
		f := c.flight
		c.flight, f.conn = nil, nil
		c.close()
		c.part.redial(f)
		return
	}
	c.fail(err)
}

// fail ends a request that has no answer, and its connection.
func (c *conn) fail(err error) {
	f := c.flight
	c.flight = nil
	c.drop()
	c.part.fail(f, err)
}

// die closes a connection that is of no more use, while it is idle. Who takes it
// next finds it so, and dials again: that a server ends connections is not hidden.
func (c *conn) die() {
	c.close()
	c.dead = true
}

// drop closes a connection and gives its place free.
func (c *conn) drop() {
	c.close()
	c.part.taken--
}

func (c *conn) close() {
	if c.fd < 0 {
		return
	}
	_ = unix.Close(c.fd) // which ends its events, too
	c.fd = -1
	l := c.part.lane
	l.conns[c.slot] = nil
	l.slots = append(l.slots, c.slot)
	c.pending = nil
}
