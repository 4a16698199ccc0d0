package door

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Client is the connection of one client.
//
// net/http takes the end of a client's sending for its leaving, and cancels the work for
// it. But a client that ends its side with the request still waits for the answer. The two
// cannot be told apart by what they send. So a Client whose sending ends while a request is
// worked on answers with "102 Processing", which every HTTP/1.1 client has to pass over:
// the system of a client that has left refuses it with a reset. The work goes on until that
// comes. Nothing is sent to HTTP/1.0 clients, who do not know such answers, or on systems
// that do not tell of the reset; there, HTTP/1.1 clients count as gone, as in net/http.
type Client struct {
	net.Conn
	tcp  *net.TCPConn
	door *Door

	multiplexed atomic.Bool   // HTTP/2
	dismissed   atomic.Bool   // the server reads nothing more that arrives
	state       atomic.Int32  // an http.ConnState
	moves       atomic.Uint64 // counts everything that the client does

	// since is when the client was seen to have made the move seen. Only the door's
	// Shut uses them, after Accept has set since.
	since time.Time
	seen  uint64

	mu       sync.Mutex
	answered bool // bytes of the answer to the current request have been sent
	modern   bool // the current request is one of HTTP/1.1
	silent   bool // the client sends nothing any more
	asked    bool // whether it is still there
}

// enter follows the connection's state.
func (c *Client) enter(state http.ConnState) {
	c.state.Store(int32(state))
	c.moves.Add(1)
	if state == http.StateActive {
		c.mu.Lock()
		c.answered, c.modern = false, false
		c.mu.Unlock()
	}
}

// is reports whether net/http saw the connection in a state last.
func (c *Client) is(state http.ConnState) bool { return c.state.Load() == int32(state) }

// begin says that a handler works on a request.
func (c *Client) begin(modern bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.modern = modern
	c.ask()
}

// ask asks a silent client whether it is still there. The caller holds the lock.
func (c *Client) ask() {
	if c.silent && c.modern && !c.answered && !c.asked {
		c.asked = true
		// A failure shows in what is read next.
		_, _ = io.WriteString(c.Conn, "HTTP/1.1 102 Processing\r\n\r\n")
	}
}

// Write implements net.Conn.
func (c *Client) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.answered = true
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// Read implements net.Conn. While a request is worked on, net/http reads a single byte, to
// learn when the client leaves. The end of the sending is kept from it until the client
// has left for certain, or net/http reads no more. Reads of a request or of its body are
// longer, and get the end at once.
func (c *Client) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.moves.Add(1)
	}
	if !errors.Is(err, io.EOF) || !c.is(http.StateActive) {
		return n, err
	}
	if c.dismissed.Load() { // the end was made by the server itself
		return 0, c.untilGone()
	}
	if len(p) != 1 || !tellsOfReset {
		return n, err
	}
	c.mu.Lock()
	c.silent = true
	c.ask()
	c.mu.Unlock()
	return 0, c.untilGone()
}

// untilGone returns when the client has reset the connection, or reading has been stopped.
func (c *Client) untilGone() error {
	raw, err := c.tcp.SyscallConn()
	if err != nil {
		return err
	}
	if err := raw.Read(reset); err != nil {
		return err
	}
	return &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: syscall.ECONNRESET}
}

// CloseWrite ends the server's side of the connection. net/http asks for it when it
// refuses a request that it has not read whole, so that the answer outlives the rest.
func (c *Client) CloseWrite() error { return c.tcp.CloseWrite() }

// Close implements net.Conn.
func (c *Client) Close() error {
	c.door.leave(c)
	return c.Conn.Close()
}

// dismiss ends the connection if it is kept and has been quiet for the given time, or new
// and has been silent for long. Requests that have arrived are still read: the kernel
// gives them out before the end.
func (c *Client) dismiss(began, now time.Time, quiet time.Duration) {
	if moves := c.moves.Load(); moves != c.seen {
		c.seen, c.since = moves, now
	}
	still := now.Sub(c.since)
	if began.After(c.since) {
		still = now.Sub(began)
	}
	waits := c.is(http.StateIdle) && still >= quiet || c.is(http.StateNew) && still >= max(patience, quiet)
	if !waits || c.multiplexed.Load() || c.dismissed.Swap(true) {
		return
	}
	_ = c.tcp.CloseRead() // a connection that has ended already needs no end
}
