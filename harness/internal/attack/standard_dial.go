package attack

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// opening records how long net/http took to open a connection. net/http opens connections
// in goroutines of its own; the context of the request that asked first carries the record.
// The connection may then be given to another request.
type opening struct {
	mu              sync.Mutex
	began           time.Time // of the handshake
	dial, handshake time.Duration
}

// openingKey is the key of a request's *opening in its context.
type openingKey struct{}

// openedConn is a connection that knows how long it took to be opened.
type openedConn struct {
	net.Conn
	*opening
	plain *firstRead // nil: what is read is TLS
}

// firstRead is whether anything was read from a connection. Only the goroutine of net/http
// that reads the connection uses it.
type firstRead struct{ done bool }

// Read reads from the connection. net/http waits for the end of a line before it looks at
// it, which never comes from a server of a protocol without lines. So the first bytes of a
// plain connection are looked at here.
func (c openedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.plain == nil || c.plain.done || n == 0 {
		return n, err
	}
	c.plain.done = true
	if message.Foreign(b[:n]) {
		return 0, message.ErrMalformed
	}
	return n, err
}

// dial opens a connection for the transport.
func (s *standard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	begin := time.Now()
	nc, err := s.dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	s.connections.Add(1)
	o, ok := ctx.Value(openingKey{}).(*opening)
	if !ok {
		return nc, nil
	}
	o.mu.Lock()
	o.dial, o.handshake = time.Since(begin), 0
	o.mu.Unlock()
	c := openedConn{Conn: nc, opening: o}
	if strings.HasPrefix(s.base, "http:") {
		c.plain = new(firstRead)
	}
	return c, nil
}

// shaking is called when a handshake begins.
func (o *opening) shaking() {
	o.mu.Lock()
	o.began = time.Now()
	o.mu.Unlock()
}

// shaken is called when the handshake is over.
func (s *standard) shaken(o *opening, err error) {
	if err != nil {
		return
	}
	s.handshakes.Add(1)
	o.mu.Lock()
	o.handshake = time.Since(o.began)
	o.mu.Unlock()
}

// waited stores which parts of a request's wait for its connection were spent on opening
// the connection. Work that was done before the request was dispatched is no part of its
// wait.
func waited(e *ledger.Entry, got httptrace.GotConnInfo) {
	nc := got.Conn
	if secure, ok := nc.(*tls.Conn); ok {
		nc = secure.NetConn()
	}
	c, ok := nc.(openedConn)
	if !ok || got.Reused {
		return
	}
	within(e, c.opening)
}

// within returns the parts of opening a connection that lie within the wait of the request
// that uses the connection.
func within(e *ledger.Entry, o *opening) {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait := e.FirstWrite - e.Dispatch
	e.Handshake = min(o.handshake, wait)
	e.Dial = min(o.dial, wait-e.Handshake)
}
