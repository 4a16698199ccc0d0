package lane

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// arrival is a connection that another goroutine has opened for the lane, or the error of
// the attempt.
type arrival struct {
	fd        int
	stamps    bool
	remote    bool // the server is on another host
	secure    *tls.Conn
	carrier   *carrier
	err       error
	connect   time.Duration // how long the connection took
	handshake time.Duration // how long the TLS handshake took after it

	beforehand bool    // was opened before the load
	flight     *flight // the request that it was opened for, which may have ended since
	generation uint32
}

// connector opens a connection to the server, without a handshake.
type connector func(context.Context) (net.Conn, error)

// by opens a connection as requests do under load: the system alone decides when an attempt
// is repeated.
func (s *Stream) by(deadline time.Time) connector {
	return func(ctx context.Context) (net.Conn, error) {
		d := reach.For(s.cfg.Server) // each dial has one of its own, because each has a deadline of its own
		d.Deadline = deadline
		return d.DialContext(ctx, "tcp", s.cfg.Address)
	}
}

// dial opens a connection. It blocks.
func (s *Stream) dial(ctx context.Context, deadline time.Time, connect connector) (a arrival) {
	a.fd = -1
	begin := time.Now()
	nc, err := connect(ctx)
	a.connect = time.Since(begin)
	if err != nil {
		a.err = err
		return a
	}
	defer nc.Close()
	sc, ok := nc.(syscall.Conn)
	if !ok {
		a.err = errors.New("the connection has no descriptor")
		return a
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		a.err = err
		return a
	}
	if s.cfg.TLS != nil {
		if a.err = s.shakeHands(ctx, deadline, nc, &a); a.err != nil {
			return a
		}
	}
	to, packets := nc.RemoteAddr().(*net.TCPAddr)
	// The runtime's poller watches nc, and would wake up whenever something arrives. The
	// lane uses a copy of the descriptor that the runtime does not know.
	if err := raw.Control(func(fd uintptr) {
		a.fd, a.err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		a.err = err
	}
	if a.err != nil {
		a.fd = -1
		return a
	}
	if packets { // what comes through a Unix domain socket has no stamps
		a.stamps, a.remote = StampArrivals(a.fd), !to.IP.IsLoopback()
	}
	s.opened.Add(1)
	return a
}

// place is where the server listens, for messages.
func (s *Stream) place() string { return cmp.Or(reach.SocketFile(s.cfg.Server), s.cfg.Address) }

// dial opens a connection for a request in another goroutine. The place of the connection
// has already been taken. Once the load is being stopped, nothing is dialled any more,
// because whoever stops the load waits until all attempts to connect have ended.
func (p *part) dial(f *flight) {
	s := p.stream
	f.conn = nil
	deadline := s.lanes.epoch.Add(s.zero + f.entry.Intended + s.cfg.Timeout)
	generation := f.generation
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return
	}
	s.dialing.Go(func() {
		a := s.dial(s.dials, deadline, s.by(deadline))
		a.flight, a.generation = f, generation
		p.deliver(a)
	})
}

// deliver hands over what was dialled. It may be called by any goroutine.
func (p *part) deliver(a arrival) {
	p.mu.Lock()
	gone := p.gone
	if !gone {
		p.arrivals = append(p.arrivals, a)
	}
	p.mu.Unlock()
	if gone {
		a.close()
	} else if !a.beforehand {
		p.lane.knock()
	}
}

// close gives the socket back, unless somebody has taken it.
func (a *arrival) close() {
	if a.fd >= 0 {
		_ = unix.Close(a.fd)
	}
}

// collect takes in what other goroutines left for the share.
func (p *part) collect() {
	p.mu.Lock()
	all, shutting := p.arrivals, p.shutting
	p.arrivals = nil
	p.mu.Unlock()
	for i := range all {
		p.arrived(&all[i])
	}
	if shutting && !p.over {
		p.finish()
	}
}

// arrived takes in a connection. The request for which it was opened may have ended
// since, at its deadline.
func (p *part) arrived(a *arrival) {
	f := a.flight
	if f != nil && f.generation != a.generation {
		f = nil
	}
	if f != nil && !f.written { // else it is in the place of one that took the request
		f.entry.Dial += a.connect
		f.entry.Handshake += a.handshake
	}
	c, err := p.adopt(a)
	switch {
	case err != nil:
		if !a.beforehand {
			p.taken--
		}
		if f != nil {
			p.fail(f, err)
		}
	case f != nil:
		p.write(f, c, true)
	default:
		if a.beforehand {
			p.taken++
		}
		p.keep(c)
	}
}

// adopt makes a connection one of the lane's.
func (p *part) adopt(a *arrival) (*conn, error) {
	if a.err != nil {
		return nil, a.err
	}
	l := p.lane
	c := &conn{part: p, fd: a.fd, stamps: a.stamps, remote: a.remote, secure: a.secure, carrier: a.carrier}
	if n := len(l.slots); n > 0 {
		c.slot, l.slots = l.slots[n-1], l.slots[:n-1]
	} else {
		c.slot = int32(len(l.conns))
		l.conns = append(l.conns, nil)
	}
	l.generation++
	c.generation = l.generation
	l.conns[c.slot] = c
	if c.carrier != nil {
		c.carrier.conn = c
	}
	if err := l.poller.watch(c.fd, c.slot, c.generation, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// finish ends the share: its connections are closed, and what is under way is
// broken off.
func (p *part) finish() {
	p.over = true
	p.busy = p.lane.busy.Seconds(p.lane.clock())
	for _, c := range p.lane.conns {
		if c != nil && c.part == p {
			c.close()
		}
	}
	p.idle = nil
	p.leave()
	close(p.done)
}

// leave sees to it that nothing arrives any more.
func (p *part) leave() {
	p.mu.Lock()
	all := p.arrivals
	p.arrivals, p.gone = nil, true
	p.mu.Unlock()
	for i := range all {
		all[i].close()
	}
}

// shut ends the share, by the lane if that runs it. It may be called by any
// goroutine.
func (p *part) shut() {
	p.mu.Lock()
	p.shutting = true
	p.mu.Unlock()
	p.lane.knock()
	p.leave()
}
