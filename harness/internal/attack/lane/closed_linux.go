package lane

import "time"

// closed is the share of a lane in a closed load: every n-th client.
type closed struct {
	handler  Handler
	stream   *Stream
	clients  []client
	ready    ring[int32]  // those that are to send, in order
	held     ring[waiter] // those of them that wait for a connection
	pausing  alarms
	live     int // clients that are not done
	lost     time.Duration
	from, to time.Duration
	timeout  time.Duration
}

// client sends one request after another. Since is when it began to want to send
// its next one.
type client struct {
	number int // among those of all lanes
	since  time.Duration
}

// waiter is a client that waits for a connection.
type waiter struct {
	client int32
	at     time.Duration // dispatch of its request
}

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

func (c *closed) due(now time.Duration) bool { return c.held.len() > 0 || c.wanted(now) }

// wanted tells whether a client is ready to send. It ends those that would send
// after the end of the load.
func (c *closed) wanted(now time.Duration) bool {
	for len(c.pausing) > 0 && c.pausing[0].at <= now {
		c.ready.push(c.pausing.pop().client)
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

// leave ends a client.
func (c *closed) leave(i int32, now time.Duration) {
	c.live--
	c.lose(i, now)
}

// lose counts for how long a client was kept from sending, as far as it was in the
// window.
func (c *closed) lose(i int32, now time.Duration) {
	to := now
	if c.to > 0 {
		to = min(to, c.to)
	}
	c.lost += max(to-max(c.clients[i].since, c.from), 0)
}

func (c *closed) take(f *flight) (held bool) {
	f.entry.Seq = c.stream.next.Add(1) - 1
	if held = c.held.len() > 0; held {
		w := c.held.pop()
		f.client, f.entry.Dispatch, f.entry.Intended = w.client, w.at, w.at
	} else {
		f.client = c.ready.pop()
	}
	f.number = c.clients[f.client].number
	return held
}

func (c *closed) stamp(f *flight, now time.Duration) {
	f.entry.Dispatch, f.entry.Intended = now, now
	c.handler.Begun(now)
	c.lose(f.client, now)
}

func (c *closed) hold(now time.Duration) {
	for n := 0; n < mostHeld && c.wanted(now); n++ {
		i := c.ready.pop()
		c.handler.Begun(now)
		c.lose(i, now)
		c.held.push(waiter{i, now})
	}
}

func (c *closed) overdue(now time.Duration) bool {
	return c.held.len() > 0 && c.held.front().at+c.timeout <= now
}

func (c *closed) ended(f *flight, pause time.Duration) {
	cl := &c.clients[f.client]
	cl.since = f.entry.LastByte + pause
	if pause <= 0 {
		c.ready.push(f.client)
		return
	}
	c.pausing.push(alarm{cl.since, f.client})
}

func (c *closed) over(time.Duration) bool { return c.live == 0 }
