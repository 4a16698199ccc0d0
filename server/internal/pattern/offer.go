package pattern

import (
	"context"
	"net/http"
	"time"
)

// errFull refuses a request for which there is no room. The queue turns over
// within a second in any sensible setting, and a second is the smallest wait
// that Retry-After can name.
var errFull = &Refusal{Status: http.StatusServiceUnavailable, Reason: "server is at capacity", RetryAfter: time.Second}

// offer puts v into a channel that stands for bounded room: at once if there is
// room, else as soon as there is within the given patience.
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
