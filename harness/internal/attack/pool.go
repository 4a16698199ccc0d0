package attack

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/attack/opener"
	"github.com/assay-bench/assay/harness/internal/reach"
)

// Sizes of a connection's buffers.
const (
	readBuffer  = 16 << 10
	writeBuffer = 4 << 10
)

// conn is one connection with the buffers that its requests share.
type conn struct {
	net.Conn
	r      *bufio.Reader
	w      *bufio.Writer
	req    fasthttp.Request
	answer message.Answer
	ends   bool // the connection carries no request after this one
	idle   bool // has been idle, however briefly: the server may have closed it then
}

// pool holds a limited number of connections to one address. Of the idle connections it
// gives out the one that was used last, as HTTP clients do.
type pool struct {
	server string // its URL, as package reach has it
	addr   string // what is dialled: HOST:PORT
	max    int

	opener *opener.Opener
	ctx    context.Context // for opening connections; ends with close
	cancel context.CancelFunc

	mu      sync.Mutex
	all     map[*conn]struct{}
	idle    []*conn
	opening int
	waiters []chan *conn // served in order; a nil connection means that a place is free
	opened  uint64
	closed  bool
}

// newPool makes a pool of at most limit connections, without any.
func newPool(server, addr string, limit int) *pool {
	p := &pool{server: server, addr: addr, max: limit, opener: opener.New(server, addr), all: map[*conn]struct{}{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

var errPoolClosed = errors.New("attack is over")

// get returns an idle connection, or opens one if there is room. Otherwise it waits for
// either until the deadline.
func (p *pool) get(deadline time.Time) (*conn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errPoolClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	if len(p.all)+p.opening < p.max {
		p.opening++
		p.mu.Unlock()
		return p.dial(deadline)
	}
	turn := make(chan *conn, 1)
	p.waiters = append(p.waiters, turn)
	p.mu.Unlock()

	t := time.NewTimer(time.Until(deadline))
	defer t.Stop()
	select {
	case c, ok := <-turn:
		return p.taken(c, ok, deadline)
	case <-t.C:
	}
	p.mu.Lock()
	for i, w := range p.waiters {
		if w == turn {
			p.waiters = append(p.waiters[:i], p.waiters[i+1:]...)
			p.mu.Unlock()
			return nil, errNoConnection
		}
	}
	p.mu.Unlock()
	c, ok := <-turn // it was given at this very moment, and has to be passed on
	if c != nil {
		p.put(c)
	} else if ok {
		p.release()
	}
	return nil, errNoConnection
}

// taken completes a connection that was handed over: a nil one is the permission to open
// another. ok is false if the pool was closed meanwhile.
func (p *pool) taken(c *conn, ok bool, deadline time.Time) (*conn, error) {
	switch {
	case !ok:
		return nil, errPoolClosed
	case c == nil:
		return p.dial(deadline)
	}
	return c, nil
}

// dial opens a connection under load, for which a place has been reserved.
func (p *pool) dial(deadline time.Time) (*conn, error) {
	d := reach.For(p.server)
	d.Deadline = deadline
	return p.hold(d.DialContext(p.ctx, "tcp", p.addr))
}

// hold takes a connection that was opened into its reserved place, or gives the place back.
func (p *pool) hold(nc net.Conn, err error) (*conn, error) {
	if err != nil {
		p.release()
		return nil, err
	}
	c := &conn{Conn: nc, r: bufio.NewReaderSize(nc, readBuffer), w: bufio.NewWriterSize(nc, writeBuffer)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opening--
	p.opened++
	if p.closed {
		nc.Close()
		return nil, errPoolClosed
	}
	p.all[c] = struct{}{}
	return c, nil
}

// release gives back a reserved place.
func (p *pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiters) > 0 && !p.closed {
		p.waiters[0] <- nil // the waiter takes over the place
		p.waiters = p.waiters[1:]
		return
	}
	p.opening--
}

// put returns a connection that can carry another request.
func (p *pool) put(c *conn) {
	c.idle = true
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiters) > 0 && !p.closed {
		p.waiters[0] <- c
		p.waiters = p.waiters[1:]
		return
	}
	p.idle = append(p.idle, c)
}

// drop closes a connection and frees its place.
func (p *pool) drop(c *conn) {
	c.Conn.Close()
	p.mu.Lock()
	delete(p.all, c)
	p.opening++
	p.mu.Unlock()
	p.release()
}

// replace closes a connection and opens another in its place.
func (p *pool) replace(c *conn, deadline time.Time) (*conn, error) {
	c.Conn.Close()
	p.mu.Lock()
	delete(p.all, c)
	p.opening++
	p.mu.Unlock()
	return p.dial(deadline)
}

// fill opens connections until the pool is full, or until there are as many as needed. No
// request gets one of them before.
func (p *pool) fill(ctx context.Context, needed int, timeout time.Duration) error {
	defer context.AfterFunc(ctx, p.cancel)()
	var mu sync.Mutex
	var opened []*conn
	defer func() {
		for _, c := range opened {
			p.put(c)
		}
	}()
	place := cmp.Or(reach.SocketFile(p.server), p.addr)
	return p.opener.All(ctx, min(p.max, needed), timeout, place, func(ctx context.Context) error {
		p.mu.Lock()
		p.opening++
		p.mu.Unlock()
		c, err := p.hold(p.opener.Dial(ctx))
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		opened = append(opened, c)
		return nil
	})
}

// close closes every connection. Requests that wait for a connection get an error.
func (p *pool) close() {
	p.cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for c := range p.all {
		c.Conn.Close()
	}
	for _, w := range p.waiters {
		close(w)
	}
	p.waiters = nil
}
