package lane

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// holdStep is the resolution of the dispatch of requests that find no free connection. It
// limits the memory and the CPU time that an overload takes.
const holdStep = 50 * time.Microsecond

// open is a lane's share of an open load: every n-th slot of the schedule. Requests that
// wait for a connection are not stored one by one but as runs of slots. The schedule is
// therefore walked twice: once to dispatch requests, and once to send them.
type open struct {
	handler Handler
	timeout time.Duration
	held    ring[run]
	waiting uint64 // number of slots in held

	dispatch, send cursor
}

// run is a number of consecutive slots that were dispatched at the same moment. A slot that
// was due later was dispatched when it was due.
type run struct {
	at    time.Duration
	slots uint64
}

// cursor walks every n-th slot of a schedule.
type cursor struct {
	slots  *schedule.Schedule
	stride int
	number uint64
	at     time.Duration // when the slot is due; never after the last one
}

// newCursor places a cursor on slot first of a schedule that nobody else uses.
func newCursor(s *schedule.Schedule, first, stride int) cursor {
	c := cursor{slots: s, stride: stride, number: uint64(first)}
	c.skip(first + 1)
	return c
}

// skip moves the cursor by n slots.
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

// advance moves the cursor to the next slot of this share.
func (c *cursor) advance() {
	c.number += uint64(c.stride)
	c.skip(c.stride)
}

// newOpen makes the share that begins with slot first and has every stride-th slot.
func newOpen(cfg *Config, h Handler, first, stride int) *open {
	return &open{
		handler: h, timeout: cfg.Timeout,
		dispatch: newCursor(cfg.Schedule(), first, stride), send: newCursor(cfg.Schedule(), first, stride),
	}
}

// next implements source.
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

// due implements source.
func (o *open) due(now time.Duration) bool { return o.waiting > 0 || o.dispatch.at <= now }

// take implements source. A request that was held has its dispatch already.
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

// stamp implements source.
func (o *open) stamp(f *flight, now time.Duration) { f.entry.Dispatch = now }

// hold implements source. Slots that are held shortly after one another become one run.
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

// overdue implements source.
func (o *open) overdue(now time.Duration) bool { return o.waiting > 0 && o.send.at+o.timeout <= now }

// ended implements source. Requests of an open load do not depend on each other.
func (o *open) ended(*flight, Next) {}

// over implements source.
func (o *open) over(time.Duration) bool { return o.waiting == 0 && o.dispatch.at == never }
