package process

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// refusals are statuses by which a server that is up says that the path is not one
// that it shows to everybody. Waiting rarely changes that.
var refusals = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone}

// refusal notices that a server keeps answering with one of the refusals.
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
	if !errors.As(err, &status) || !slices.Contains(refusals, status.Status) {
		r.since = time.Time{}
		return false
	}
	if r.since.IsZero() {
		r.since = now
	}
	return now.Sub(r.since) >= r.patience
}
