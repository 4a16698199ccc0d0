package api

import (
	"context"
	"time"
)

// Drain makes readiness fail and tells clients, with each answer, to close their
// connections. It returns when, for the given quiet time, no request has arrived or
// been in flight, or when the context ends.
//
// Note: shutting the listener at once would answer every request that was read, but
// would cut off a request that a client is just writing to a kept-alive connection.
// The quiet time lets such clients receive "Connection: close" first.
func (a *API) Drain(ctx context.Context, quiet time.Duration) {
	a.draining.Store(true)
	const looks = 5
	ticker := time.NewTicker(quiet / looks)
	defer ticker.Stop()
	arrived, calm := a.recorder.Arrived(), 0
	for calm < looks {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		calm++
		if now := a.recorder.Arrived(); now != arrived || a.recorder.InFlight() > 0 {
			arrived, calm = now, 0
		}
	}
}
