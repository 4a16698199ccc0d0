package lane

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"time"
)

// emptyError says that nothing has come yet. To crypto/tls it is a temporary
// failure, after which it can be asked again.
type emptyError struct{}

func (emptyError) Error() string   { return "nothing has come yet" }
func (emptyError) Timeout() bool   { return true }
func (emptyError) Temporary() bool { return true }

// errEmpty is one value for all, so that it costs nothing.
var errEmpty net.Error = emptyError{}

// carrier is the connection under a tls.Conn. While hands are shaken it is one of
// the runtime's, which blocks. From then on it is the lane's: a read finds what is
// there or fails for a while, and a write is kept for flush.
type carrier struct {
	net.Conn // nil from the handshake on
	conn     *conn
	out      []byte // written by crypto/tls, and not sent yet
	drained  bool   // nothing has come since it was empty
}

func (c *carrier) Read(b []byte) (int, error) {
	if c.Conn != nil {
		return c.Conn.Read(b)
	}
	if c.drained && !c.conn.closes {
		return 0, errEmpty
	}
	n, err := c.conn.read(b)
	// A read that is short has emptied the socket: there will be another event.
	c.drained = err == errEmpty || err == nil && n < len(b)
	return n, err
}

func (c *carrier) Write(b []byte) (int, error) {
	if c.Conn != nil {
		return c.Conn.Write(b)
	}
	c.out = append(c.out, b...)
	return len(b), nil
}

// What follows is asked of a carrier by crypto/tls and never by the lane, which has
// deadlines of its own.

func (c *carrier) SetDeadline(t time.Time) error     { return c.SetWriteDeadline(t) }
func (c *carrier) SetReadDeadline(t time.Time) error { return c.SetWriteDeadline(t) }
func (c *carrier) SetWriteDeadline(t time.Time) error {
	if c.Conn != nil {
		return c.Conn.SetDeadline(t)
	}
	return nil
}

func (c *carrier) Close() error {
	if c.Conn != nil {
		return c.Conn.Close()
	}
	return nil
}

// shakeHands makes nc, which is connected, the carrier of a tls.Conn.
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

// flushSecure sends what crypto/tls wrote.
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

// receiveSecure reads until there is nothing more: what tls.Conn holds already is
// told by no event. What comes need not be for us: tickets of sessions and updates
// of keys give nothing to read, and the latter want an answer.
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
