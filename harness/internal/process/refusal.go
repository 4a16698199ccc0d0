package process

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"time"
)

// NeverError says that a server will not become ready, however long one waits.
type NeverError struct{ Why error }

// Error returns what was seen, and what to change.
func (e *NeverError) Error() string { return e.Why.Error() }

// Unwrap returns what was seen.
func (e *NeverError) Unwrap() error { return e.Why }

// passing are statuses that ask to come again. Statuses from 500 on pass too, except those
// that are about the request.
var passing = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}

// refuses reports whether a server that is up says by a status that the request is not one
// that it answers. Waiting rarely changes that.
func refuses(status int) bool {
	return status < 500 && !slices.Contains(passing, status) || status == http.StatusNotImplemented || status == http.StatusHTTPVersionNotSupported
}

// refusal notices that a server keeps refusing.
type refusal struct {
	patience time.Duration // how long they may last
	since    time.Time     // of the first in a row; zero: the last attempt was no refusal
}

// patience is a fifth of the time that is left until the deadline of ctx, which a
// scenario chooses as ready.timeout. A server that learns its paths only after a while,
// as application servers do, is given more by a longer time-out.
func patience(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Minute
	}
	return time.Until(deadline) / 5
}

// lasts is told of every attempt, and reports whether refusals have lasted too long.
func (r *refusal) lasts(err error, now time.Time) bool {
	var status *StatusError
	if !(errors.As(err, &status) && refuses(status.Status)) && !errors.Is(err, fs.ErrPermission) {
		r.since = time.Time{}
		return false
	}
	if r.since.IsZero() {
		r.since = now
	}
	return now.Sub(r.since) >= r.patience
}
