package api

import (
	"context"
	"sync"
	"time"
)

// deadline is a context with a deadline that sets its timer only when somebody
// asks to be told. Most queries end without anyone waiting for the context, and
// then it costs nothing; context.WithDeadline costs seven allocations each time.
//
// It may be used again after reset. Nobody may hold it then.
type deadline struct {
	context.Context // the request's: ends when the client goes away
	at              time.Time

	mu     sync.Mutex
	armed  context.Context
	cancel context.CancelFunc
}

// start readies the context: it ends with its parent or at that time.
func (d *deadline) start(parent context.Context, at time.Time) {
	d.Context, d.at = parent, at
}

// reset releases the timer, if any, and forgets the parent.
func (d *deadline) reset() {
	if d.cancel != nil {
		d.cancel()
	}
	d.Context, d.at, d.armed, d.cancel = nil, time.Time{}, nil, nil
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Done implements context.Context.
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.armed == nil {
		d.armed, d.cancel = context.WithDeadline(d.Context, d.at)
	}
	return d.armed.Done()
}

// Err implements context.Context.
func (d *deadline) Err() error {
	d.mu.Lock()
	armed := d.armed
	d.mu.Unlock()
	if armed != nil {
		return armed.Err()
	}
	if err := d.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(d.at) {
		return context.DeadlineExceeded
	}
	return nil
}
