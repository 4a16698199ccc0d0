package lane

import "time"

// closed is a lane's share of a closed load: every n-th client.
type closed struct {
	handler  Handler
	stream   *Stream
	clients  []client
	ready    ring[int32]  // clients whose next request is due, in order
	held     ring[waiter] // clients whose request was dispatched and waits for a connection
	pausing  alarms       // clients that pause, by the end of the pause
	live     int          // number of clients that will send again or wait for an answer
	lost     time.Duration
	from, to time.Duration // the window; to is 0 if the load is bounded by a count
	timeout  time.Duration
}

// client sends one request after another.
type client struct {
	number int           // among the clients of all lanes
	since  time.Duration // when its next request was due
}

// waiter is a client that waits for a connection.
type waiter struct {
	client int32
	at     time.Duration // dispatch of its request
}

// newClosed makes the share that begins with client first and has every stride-th client.
// The clients start one after the other within the time of the stagger.
func newClosed(s *Stream, h Handler, first, stride int) *closed {
	cfg := &s.cfg
	c := &closed{handler: h, stream: s, from: cfg.From, to: cfg.To, timeout: cfg.Timeout}
	for n := first; n < cfg.Clients; n += stride {
		at := time.Duration(float64(cfg.Stagger) * float64(n) / float64(cfg.Clients))
		c.clients = append(c.clients, client{n, at})
		c.pausing.push(alarm{at, int32(len(c.clients) - 1)})
	}
	c.live = len(c.clients)
	return c
}

// next implements source.
func (c *closed) next(free bool) time.Duration {
	at := never
	switch {
	case c.held.len() > 0 && free:
		return c.held.front().at
	case c.held.len() > 0:
		at = c.held.front().at + c.timeout
	}
	if c.ready.len() > 0 {
		at = min(at, c.clients[*c.ready.front()].since)
	}
	if len(c.pausing) > 0 {
		at = min(at, c.pausing[0].at)
	}
	return at
}

// due implements source.
func (c *closed) due(now time.Duration) bool { return c.held.len() > 0 || c.wanted(now) }

// wanted reports whether a client is ready to send. Clients that would send after the end
// of the load leave it here.
func (c *closed) wanted(now time.Duration) bool {
	for len(c.pausing) > 0 && c.pausing[0].at <= now {
		c.ready.push(c.pausing.pop().who)
	}
	for c.ready.len() > 0 {
		i := *c.ready.front()
		if !c.handler.Over(c.clients[i].number, now) {
			return true
		}
		c.ready.pop()
		c.leave(i, now)
	}
	return false
}

// leave removes a client from the load.
func (c *closed) leave(i int32, now time.Duration) {
	c.live--
	c.lose(i, now)
}

// lose adds the time for which a client was kept from sending. Only time within the window
// counts.
func (c *closed) lose(i int32, now time.Duration) {
	to := now
	if c.to > 0 {
		to = min(to, c.to)
	}
	c.lost += max(to-max(c.clients[i].since, c.from), 0)
}

// take implements source.
func (c *closed) take(f *flight) (held bool) {
	cfg := &c.stream.cfg
	f.entry.Seq = uint64(cfg.First) + (c.stream.next.Add(1)-1)*uint64(cfg.Stride)
	if held = c.held.len() > 0; held {
		w := c.held.pop()
		f.client, f.entry.Dispatch, f.entry.Intended = w.client, w.at, w.at
	} else {
		f.client = c.ready.pop()
	}
	f.number = c.clients[f.client].number
	return held
}

// stamp implements source. The intended moment of a closed load is the dispatch.
func (c *closed) stamp(f *flight, now time.Duration) {
	f.entry.Dispatch, f.entry.Intended = now, now
	c.handler.Begun(now)
	c.lose(f.client, now)
}

// hold implements source.
func (c *closed) hold(now time.Duration) {
	for n := 0; n < mostHeld && c.wanted(now); n++ {
		i := c.ready.pop()
		c.handler.Begun(now)
		c.lose(i, now)
		c.held.push(waiter{i, now})
	}
}

// overdue implements source.
func (c *closed) overdue(now time.Duration) bool {
	return c.held.len() > 0 && c.held.front().at+c.timeout <= now
}

// ended implements source. Without a pause the client's next request is due at once.
func (c *closed) ended(f *flight, next Next) {
	cl := &c.clients[f.client]
	cl.since = f.entry.LastByte + next.Pause
	if next.Pause <= 0 {
		c.ready.push(f.client)
		return
	}
	c.pausing.push(alarm{cl.since, f.client})
}

// over implements source.
func (c *closed) over(time.Duration) bool { return c.live == 0 }
