package lane

import "time"

// source says when a share's requests are due. All moments are durations since the
// start of the load.
type source interface {
	// next returns when there is something to do. If a connection is free, this is when
	// the next request is due; otherwise it is when the next request has to be held or
	// given up. It returns never if there is nothing left to do.
	next(free bool) time.Duration
	// take takes up the request that has been due for the longest time. If the request
	// was held, take sets its dispatch and returns true. Otherwise the caller calls stamp
	// when it knows the moment.
	take(f *flight) (held bool)
	// stamp sets the dispatch of a request that was not held.
	stamp(f *flight, now time.Duration)
	// due reports whether there is a request to take.
	due(now time.Duration) bool
	// hold dispatches the requests that are due. From now on they wait for a connection.
	hold(now time.Duration)
	// overdue reports whether the deadline of the request that was held longest has
	// passed.
	overdue(now time.Duration) bool
	// ended is called when a request has ended, with what follows it.
	ended(f *flight, next Next)
	// over reports whether no further request will be due, apart from those that follow
	// requests under way.
	over(now time.Duration) bool
}

// mostHeld is the largest number of requests that are held in one turn because no
// connection is free.
const mostHeld = 4096
