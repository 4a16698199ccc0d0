package lane

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"time"
)

// emptyError is the error of a read while nothing has arrived. To crypto/tls it is a
// temporary failure, after which the connection can be read again.
type emptyError struct{}

// Error returns a text that nobody is meant to see.
func (emptyError) Error() string { return "nothing has come yet" }

// Timeout reports that the error is no permanent one.
func (emptyError) Timeout() bool { return true }

// Temporary reports the same in the older form, which crypto/tls asks for.
func (emptyError) Temporary() bool { return true }

// errEmpty is the only value of emptyError, so that a read does not allocate it.
var errEmpty net.Error = emptyError{}

// carrier is the connection below a tls.Conn. During the handshake it is a connection of
// the Go runtime, which blocks. After the handshake it belongs to the lane: a read returns
// what has arrived or errEmpty, and what is written is kept until it is flushed.
type carrier struct {
	net.Conn // nil after the handshake
	conn     *conn
	out      []byte // written by crypto/tls, and not sent yet
	drained  bool   // the socket was empty at the last read
}

// Read reads what has arrived. It does not block after the handshake.
func (c *carrier) Read(b []byte) (int, error) {
	if c.Conn != nil {
		return c.Conn.Read(b)
	}
	if c.drained && !c.conn.closes {
		return 0, errEmpty
	}
	n, err := c.conn.read(b)
	// A short read has emptied the socket, so an event will announce the next bytes.
	c.drained = err == errEmpty || err == nil && n < len(b)
	return n, err
}

// Write stores the bytes, which flushSecure sends.
func (c *carrier) Write(b []byte) (int, error) {
	if c.Conn != nil {
		return c.Conn.Write(b)
	}
	c.out = append(c.out, b...)
	return len(b), nil
}

// The methods below are only called by crypto/tls. The lane has deadlines of its own.

// SetDeadline sets the deadline of the handshake.
func (c *carrier) SetDeadline(t time.Time) error { return c.SetWriteDeadline(t) }

// SetReadDeadline sets the deadline of the handshake.
func (c *carrier) SetReadDeadline(t time.Time) error { return c.SetWriteDeadline(t) }

// SetWriteDeadline sets the deadline of the handshake. It does nothing after it.
func (c *carrier) SetWriteDeadline(t time.Time) error {
	if c.Conn != nil {
		return c.Conn.SetDeadline(t)
	}
	return nil
}

// Close closes the connection of the handshake. After the handshake the lane closes its own
// descriptor.
func (c *carrier) Close() error {
	if c.Conn != nil {
		return c.Conn.Close()
	}
	return nil
}

// shakeHands makes the TLS handshake over nc, which is connected, and stores the tls.Conn
// and its carrier in a.
func (s *Stream) shakeHands(ctx context.Context, deadline time.Time, nc net.Conn, a *arrival) error {
	begin := time.Now()
	a.carrier = &carrier{Conn: nc}
	a.secure = tls.Client(a.carrier, s.cfg.TLS)
	if err := nc.SetDeadline(deadline); err != nil {
		return err
	}
	if err := a.secure.HandshakeContext(ctx); err != nil {
		if !time.Now().Before(deadline) {
			return os.ErrDeadlineExceeded
		}
		return &HandshakeError{err}
	}
	s.shaken.Add(1)
	a.handshake = time.Since(begin)
	a.carrier.Conn = nil
	return nil
}

// writeSecure enciphers a request and sends it.
func (c *conn) writeSecure(b []byte) {
	if _, err := c.secure.Write(b); err != nil {
		c.fault(err)
		return
	}
	c.flushSecure()
}

// flushSecure sends what crypto/tls has written.
func (c *conn) flushSecure() {
	out := c.carrier.out
	c.carrier.out = out[:0]
	if cap(out) > 4*plainSize {
		c.carrier.out = nil
	}
	if len(out) > 0 && c.fd >= 0 {
		c.send(out)
	}
}

// receiveSecure reads until nothing is left, because no event announces the bytes that
// tls.Conn has already buffered. Not everything that arrives is data: session tickets and
// key updates give nothing to read, and a key update has to be answered, so it flushes
// after each read.
func (c *conn) receiveSecure() {
	l := c.part.lane
	c.carrier.drained = false
	for range mostReads * readSize / plainSize {
		n, err := c.secure.Read(l.plain)
		if c.flushSecure(); c.fd < 0 {
			return
		}
		if n > 0 && !c.feed(l.plain[:n]) {
			return
		}
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
	}
	l.more = append(l.more, c)
}
