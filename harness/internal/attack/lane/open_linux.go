package lane

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// holdStep is the resolution with which requests that find no connection are
// dispatched. It bounds the memory of an overload, and the CPU time that it takes.
const holdStep = 50 * time.Microsecond

// open is the share of a lane in an open load: every n-th slot of the schedule. It
// walks the schedule twice, since requests that wait for a connection are kept as
// runs of slots: once to dispatch them and once to send them.
type open struct {
	handler Handler
	timeout time.Duration
	held    ring[run]
	waiting uint64 // slots in them

	dispatch, send cursor
}

// run is slots that were dispatched at one moment, or when they were due if that
// is later.
type run struct {
	at    time.Duration
	slots uint64
}

// cursor walks every n-th slot of a schedule.
type cursor struct {
	slots  *schedule.Schedule
	stride int
	number uint64
	at     time.Duration // never: there is no more
}

func newCursor(s *schedule.Schedule, first, stride int) cursor {
	c := cursor{slots: s, stride: stride, number: uint64(first)}
	c.skip(first + 1)
	return c
}

// skip goes on by n slots.
func (c *cursor) skip(n int) {
	for range n {
		at, ok := c.slots.Next()
		if !ok {
			c.at = never
			return
		}
		c.at = at
	}
}

func (c *cursor) advance() {
	c.number += uint64(c.stride)
	c.skip(c.stride)
}

func newOpen(cfg *Config, h Handler, first, stride int) *open {
	return &open{
		handler: h, timeout: cfg.Timeout,
		dispatch: newCursor(cfg.Schedule(), first, stride), send: newCursor(cfg.Schedule(), first, stride),
	}
}

func (o *open) next(free bool) time.Duration {
	switch {
	case o.waiting == 0:
		return o.dispatch.at
	case free:
		return o.send.at
	}
	at := o.dispatch.at
	if at != never {
		at = max(at, o.held.back().at+holdStep)
	}
	return min(at, o.send.at+o.timeout)
}

func (o *open) due(now time.Duration) bool { return o.waiting > 0 || o.dispatch.at <= now }

func (o *open) take(f *flight) (held bool) {
	f.number = -1
	f.entry.Seq, f.entry.Intended = o.send.number, o.send.at
	o.send.advance()
	if o.waiting == 0 {
		o.handler.Begun(o.dispatch.at)
		o.dispatch.advance()
		return false
	}
	r := o.held.front()
	f.entry.Dispatch = max(r.at, f.entry.Intended)
	o.waiting--
	if r.slots--; r.slots == 0 {
		o.held.pop()
	}
	return true
}

func (o *open) stamp(f *flight, now time.Duration) { f.entry.Dispatch = now }

func (o *open) hold(now time.Duration) {
	n := uint64(0)
	for ; o.dispatch.at <= now && n < mostHeld; n++ {
		o.handler.Begun(o.dispatch.at)
		o.dispatch.advance()
	}
	if n == 0 {
		return
	}
	if o.waiting > 0 && now-o.held.back().at < holdStep {
		o.held.back().slots += n
	} else {
		o.held.push(run{now, n})
	}
	o.waiting += n
}

func (o *open) overdue(now time.Duration) bool { return o.waiting > 0 && o.send.at+o.timeout <= now }

func (o *open) ended(*flight, time.Duration) {}

func (o *open) over(time.Duration) bool { return o.waiting == 0 && o.dispatch.at == never }
