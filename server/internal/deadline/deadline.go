// Package deadline has a context that costs nothing until somebody waits for it.
//
// Every query has a deadline, and hardly any reaches it: context.WithDeadline
// would spend six allocations and most of a microsecond each time on a timer
// that is stopped again. A Context here sets its timer only when its Done is
// called, and a waiter that will end before the deadline need not call it.
package deadline

import (
	"context"
	"sync"
	"time"
)

// Context is a context.Context with a deadline. Start readies it; after Reset it
// may be started again, and nobody may hold it then. So no other context may be
// derived from it: see Detach.
type Context struct {
	parent context.Context
	at     time.Time

	mu     sync.Mutex
	armed  context.Context
	cancel context.CancelFunc
}

var _ context.Context = (*Context)(nil)

// Start readies the context: it ends with its parent or at that time.
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
	// A parent that ends tells its listeners before its children.
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

// DoneBefore returns a channel that is closed when the context ends, for a
// caller that stops listening at that time anyway. If that is before a Context's
// deadline, only its parent can end it, and no timer is needed.
func DoneBefore(ctx context.Context, stop time.Time) <-chan struct{} {
	if c, lazy := ctx.(*Context); lazy && stop.Before(c.at) {
		return c.parent.Done()
	}
	return ctx.Done()
}

// Detach returns a context that ends with the given one and does not refer to it:
// for everyone who may look at a context after the call that it was given for has
// returned. The context package does so itself when it derives one from a Context,
// on a goroutine that may come to it after Reset.
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
