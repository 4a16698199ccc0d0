package lane

import "time"

// source says when a share's requests are due. All moments are durations since the
// start of the load.
type source interface {
	// next is when the next request can be sent, given a connection if free says so:
	// else it is when the next one is to be held, or given up. It is never if there
	// is none.
	next(free bool) time.Duration
	// take takes up the request that is due longest. If it was held, its dispatch is
	// filled in, and it is told so; else stamp fills it in.
	take(f *flight) (held bool)
	stamp(f *flight, now time.Duration)
	// due tells whether there is a request to be taken.
	due(now time.Duration) bool
	// hold dispatches what is due: from now on it waits for a connection.
	hold(now time.Duration)
	// overdue tells whether the request held longest is past its deadline.
	overdue(now time.Duration) bool
	// ended is told that a request has ended, and what pause follows.
	ended(f *flight, pause time.Duration)
	// over tells whether no request will be due any more, once those under way have
	// ended.
	over(now time.Duration) bool
}

// mostHeld bounds how many requests are dispatched in one turn for want of a
// connection.
const mostHeld = 4096
