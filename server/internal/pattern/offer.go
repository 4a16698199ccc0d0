package pattern

import (
	"context"
	"net/http"
	"time"
)

// errFull refuses a request when there is no room. With sensible settings the queue
// turns over within a second, and a second is the shortest wait that Retry-After can
// express.
var errFull = &Refusal{Status: http.StatusServiceUnavailable, Reason: "server is at capacity", RetryAfter: time.Second}

// offer sends v to a channel whose capacity stands for the room: immediately if
// there is room, else as soon as there is room within the given patience.
func offer[T any](ctx context.Context, room chan<- T, v T, patience time.Duration) error {
	select {
	case room <- v:
		return nil
	default:
	}
	if patience <= 0 {
		return errFull
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case room <- v:
		return nil
	case <-timer.C:
		return errFull
	case <-ctx.Done():
		return ctx.Err()
	}
}
