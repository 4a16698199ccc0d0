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
	pending []byte // the part of the request that the kernel has not taken yet
	broken  error  // the request could not be written to its end
	arrival time.Duration
	wrote   time.Duration // when the request was written to it

	used   bool // has been idle, however briefly: the server may have closed it then
	dead   bool // was closed while it was idle
	closes bool // the other side has closed it, or it has an error: no event will follow
	stamps bool // the kernel stamps arriving packets

	// Of another host. Packets that came out of order belong to the answer under way,
	// whose stamp then does not say when all of it had arrived.
	remote     bool
	disorder   uint32 // how many such packets have come
	disordered bool   // some of them came since the last answer ended

	answered bool // has carried an answer before
	unasked  bool // something arrived before the request was written

	secure  *tls.Conn // nil: plain
	carrier *carrier
}

// write sends a request, or as much of it as the kernel takes.
func (c *conn) write(b []byte) {
	if c.secure != nil {
		c.writeSecure(b)
		return
	}
	c.send(b)
}

// send gives b to the kernel. What the kernel does not take is sent when there is room.
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

// fault handles a connection that cannot be written any more. A server that refuses a long
// request may answer and close the connection before it has read the whole request, so its
// answer may be there to be read.
func (c *conn) fault(err error) {
	c.broken, c.pending, c.closes = err, nil, true
	c.receive()
}

// flush sends what the kernel has not taken yet.
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

// event handles the events that epoll reports for the connection.
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

// receive reads what has arrived, up to the limit of a turn. Events are edge-triggered, so
// a connection with more to read is noted for the next turn.
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

// read reads from the socket, and notes when the last byte that it read arrived.
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
	case stamp != 0 && c.stamps && c.inOrder():
		// The stamp is from the wall clock. Over so short a time this clock is as good
		// as the lane's, unless somebody sets it; a clock that was set voids the trial.
		c.arrival = min(time.Duration(stamp)-l.skew, l.clock())
	default:
		// Packets that arrived before the kernel was asked for stamps have none.
		c.arrival = l.clock()
	}
	return n, nil
}

// inOrder reports whether everything that has been read of the answer arrived in the order
// in which it was sent, as it always does over loopback. A packet that comes between the
// reading and this question can only make the answer count as disordered.
func (c *conn) inOrder() bool {
	if !c.remote {
		return true
	}
	n, ok := c.part.lane.poller.outOfOrder(c.fd)
	if !ok || n != c.disorder {
		c.disorder, c.disordered = n, true
	}
	return !c.disordered
}

// feed handles the bytes that were read, and reports whether the connection is still open.
func (c *conn) feed(b []byte) (open bool) {
	if c.flight == nil {
		// No request is under way, so nobody can tell what these bytes answer.
		c.die()
		return false
	}
	if !c.answer.Begun() && c.arrival < c.wrote {
		// These bytes answer no request of this connection. If the server now closes the
		// connection, it closed an idle one and said why (status 408).
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
		// Only the end of what is read at once has a stamp, so the first of two answers
		// may have arrived before the request was written.
		c.fail(ErrUnasked)
	case done:
		c.complete(n < len(b))
	}
	return c.fd >= 0
}

// nextAnswer is how an answer begins.
var nextAnswer = []byte("HTTP/")

// complete ends a request whose answer is complete. more says that further bytes follow
// the answer.
func (c *conn) complete(more bool) {
	f, p, a := c.flight, c.part, &c.answer
	e := &f.entry
	e.Status, e.Bytes = a.Status, a.Bytes
	// A stamp can only be earlier than the first write if the wall clock was set in
	// between: feed has rejected all other early answers.
	e.LastByte = max(c.arrival-p.stream.zero, e.FirstWrite)
	e.Handled = max(p.clock(), e.LastByte)
	e.Phases = ledger.AppendPhases(e.Phases[:0], a.Timing)
	if e.Asked = a.Asked; a.Asked {
		e.Wait = ledger.RetryAfter(string(a.RetryAfter))
	}
	if f.keep {
		e.Answer = &a.Kept // nothing is read into it before the request has ended
	}
	c.flight, c.answered, c.disordered = nil, true, false
	if a.Closes || more || f.closes || len(c.pending) > 0 || c.broken != nil {
		c.drop()
	} else {
		p.keep(c)
	}
	p.end(f, nil)
}

// lost handles the end of the connection.
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

// fail ends a request without an answer, and closes its connection.
func (c *conn) fail(err error) {
	f := c.flight
	c.flight = nil
	c.drop()
	c.part.fail(f, err)
}

// die closes an idle connection that cannot be used any more. It stays among the idle
// ones; the request that takes it opens another connection, so that the time which a
// server costs by closing connections is measured.
func (c *conn) die() {
	c.close()
	c.dead = true
}

// drop closes a connection and frees its place.
func (c *conn) drop() {
	c.close()
	c.part.taken--
}

// close closes the descriptor, if it is open, and frees the slot of its events.
func (c *conn) close() {
	if c.fd < 0 {
		return
	}
	_ = unix.Close(c.fd) // the kernel also removes it from the epoll instance
	c.fd = -1
	l := c.part.lane
	l.conns[c.slot] = nil
	l.slots = append(l.slots, c.slot)
	c.pending = nil
}
