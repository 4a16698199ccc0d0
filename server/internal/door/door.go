// Package door is the way into the server for its clients, and shuts so that nobody who
// is inside is turned away without an answer.
//
// http.Server.Shutdown alone loses requests in three places. Closing the listener resets
// the connections that the kernel has opened and the server has not taken yet. A
// connection that was taken a moment ago may not be known to the server yet. And an idle
// connection may hold a request that has arrived and has not been read. A Door first lets
// nobody new in, then waits until everyone who is in is known, and ends idle connections
// with the kernel's help: what arrived before is still read and answered.
//
// A client may also end its own side of the connection once it has sent its request. It
// waits for the answer, and has not left: see Client.
package door

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// settle is the time for connections that are being opened when the door shuts. One
	// round trip is enough for each.
	settle = 50 * time.Millisecond
	// patience is how long a new connection may stay silent while the server drains. The
	// standard library has the same rule.
	patience = 5 * time.Second
	// looks is how often a kept connection is looked at before it counts as quiet, and
	// longestLook is the longest time between two looks.
	looks       = 5
	longestLook = 10 * time.Millisecond
)

// Door is a listener that knows who is inside.
type Door struct {
	*net.TCPListener

	mu     sync.Mutex
	inside map[*Client]struct{}
}

// Open listens on a TCP address.
//
// Note: Multipath TCP, which Go would offer, is off. The kernel's filters, with which the
// door shuts, do not work on its sockets.
func Open(ctx context.Context, addr string) (*Door, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Door{TCPListener: listener.(*net.TCPListener), inside: map[*Client]struct{}{}}, nil
}

// Accept lets the next client in.
func (d *Door) Accept() (net.Conn, error) {
	connection, err := d.AcceptTCP()
	if err != nil {
		return nil, err
	}
	c := &Client{Conn: connection, tcp: connection, door: d, since: time.Now()}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside[c] = struct{}{}
	return c, nil
}

// leave forgets a connection that was closed.
func (d *Door) leave(c *Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.inside, c)
}

// Watch prepares a server that will serve the door's clients.
func (d *Door) Watch(s *http.Server) {
	s.ConnState = func(connection net.Conn, state http.ConnState) {
		secure, overTLS := connection.(*tls.Conn)
		if overTLS {
			connection = secure.NetConn()
		}
		c, ok := connection.(*Client)
		if !ok {
			return
		}
		if overTLS && state == http.StateActive {
			c.multiplexed.Store(secure.ConnectionState().NegotiatedProtocol == "h2")
		}
		c.enter(state)
	}
	s.ConnContext = func(ctx context.Context, connection net.Conn) context.Context {
		if c, ok := connection.(*Client); ok {
			return context.WithValue(ctx, clientKey{}, c)
		}
		return ctx // over TLS
	}
	handler := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(clientKey{}).(*Client); ok {
			c.begin(r.ProtoAtLeast(1, 1))
		}
		handler.ServeHTTP(w, r)
	})
}

type clientKey struct{}

// Shut lets clients in for the time quiet, and then nobody any more. served has to be
// closed when the server's Serve has returned. A kept connection that has been quiet for
// that time, and a new one that stays silent for long, is ended. Shut returns when all
// clients have left, except those that use HTTP/2, whom http.Server.Shutdown sends away.
//
// The error is that of the context, if it ends first, or says why new clients could not
// be kept out before the listener was closed.
func (d *Door) Shut(ctx context.Context, quiet time.Duration, served <-chan struct{}) error {
	began := time.Now()
	look := time.NewTicker(min(max(quiet/looks, time.Millisecond), longestLook))
	defer look.Stop()
	var refusal error
	refused, closed := false, false
	for {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), refusal, d.close(closed))
		case now := <-look.C:
			d.dismiss(began, now, quiet)
			switch open := now.Sub(began); {
			case !refused && open >= quiet:
				refusal, refused = d.refuse(), true
			case refused && !closed && open >= quiet+settle && (refusal != nil || !d.waiting()):
				if err := d.close(closed); err != nil {
					return errors.Join(refusal, err)
				}
				closed = true
			}
		}
		if closed && ended(served) && d.empty() {
			return refusal
		}
	}
}

// close closes the listener, unless that is done.
func (d *Door) close(done bool) error {
	if done {
		return nil
	}
	if err := d.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the listener: %w", err)
	}
	return nil
}

// ended reports whether a channel is closed.
func ended(served <-chan struct{}) bool {
	select {
	case <-served:
		return true
	default:
		return false
	}
}

// dismiss ends the connections that have been quiet since the beginning of the drain.
func (d *Door) dismiss(began, now time.Time, quiet time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.inside {
		c.dismiss(began, now, quiet)
	}
}

// empty reports whether all have left whom the door can send home.
func (d *Door) empty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.inside {
		if !c.multiplexed.Load() {
			return false
		}
	}
	return true
}
