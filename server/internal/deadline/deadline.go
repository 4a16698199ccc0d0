// Package deadline provides a context with a deadline that costs nothing until
// somebody waits for it.
//
// Every query has a deadline, but hardly any query reaches it. context.WithDeadline
// would spend six allocations and most of a microsecond each time on a timer that is
// stopped again. A Context of this package sets its timer only when its Done is
// called, and a waiter that will stop before the deadline need not call Done.
package deadline

import (
	"context"
	"sync"
	"time"
)

// Context is a context.Context with a deadline. Start prepares it. After Reset it
// may be started again; by then nobody may hold it any more. Therefore no other
// context may be derived from it: see Detach.
type Context struct {
	parent context.Context
	at     time.Time

	mu     sync.Mutex
	armed  context.Context
	cancel context.CancelFunc
}

var _ context.Context = (*Context)(nil)

// Start prepares the context, which ends with its parent or at the given time.
func (c *Context) Start(parent context.Context, at time.Time) {
	c.parent, c.at = parent, at
}

// Reset ends the context and releases its timer and its parent.
func (c *Context) Reset() {
	if c.cancel != nil {
		c.cancel()
	}
	c.parent, c.at, c.armed, c.cancel = nil, time.Time{}, nil, nil
}

// Deadline implements context.Context.
func (c *Context) Deadline() (time.Time, bool) { return c.at, true }

// Value implements context.Context.
func (c *Context) Value(key any) any { return c.parent.Value(key) }

// Done implements context.Context. The first call sets the timer.
func (c *Context) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.armed == nil {
		c.armed, c.cancel = context.WithDeadline(c.parent, c.at)
	}
	return c.armed.Done()
}

// Err implements context.Context.
func (c *Context) Err() error {
	c.mu.Lock()
	armed := c.armed
	c.mu.Unlock()
	if armed == nil {
		return c.ErrAt(time.Now())
	}
	// A parent that ends tells its listeners before it tells its children.
	if err := c.parent.Err(); err != nil {
		return err
	}
	return armed.Err()
}

// ErrAt is Err for a caller that has just read the clock.
func (c *Context) ErrAt(now time.Time) error {
	if err := c.parent.Err(); err != nil {
		return err
	}
	if !now.Before(c.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// DoneBefore returns a channel that is closed when the context ends, for a caller
// that stops listening at the time stop anyway. If stop is before the deadline of a
// Context, only the parent can end the context, and no timer is needed.
func DoneBefore(ctx context.Context, stop time.Time) <-chan struct{} {
	if c, lazy := ctx.(*Context); lazy && stop.Before(c.at) {
		return c.parent.Done()
	}
	return ctx.Done()
}

// Detach returns a context that ends with the given one but does not refer to it. It
// is for code that may use a context after the call that received the context has
// returned. The context package is an example: when it derives a context from a
// Context, a goroutine of its own may use the Context after Reset.
func Detach(ctx context.Context) (own context.Context, release context.CancelFunc) {
	own, release = context.WithCancel(context.Background())
	ended := ctx.Done()
	go func() {
		select {
		case <-ended:
			release()
		case <-own.Done():
		}
	}()
	return own, release
}
