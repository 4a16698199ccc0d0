// Package pattern decides where and when the work of a request runs.
//
// A Pattern is one way to bound concurrency (or not to). All patterns share one
// interface, and Table lists them: adding one takes a file with its constructor
// and a line in the table. A pattern does admission only. What the work is, what
// a refusal looks like on the wire, deadlines of queries, metrics and the reuse
// of objects are written once, by the caller, for all of them.
//
// Rules for every pattern:
//   - Work that was admitted is run exactly once; work that was refused, never.
//   - Do returns when the work is done, so the caller may answer its client.
//   - Nothing waits beyond the context's deadline for its turn.
package pattern

import (
	"context"
	"time"
)

// Pattern runs work under some rule of admission. Its methods may be called
// from many goroutines.
type Pattern interface {
	// Do runs the job's work and returns nil when it is finished. Otherwise the
	// work has not run and never will: the error is a *Refusal if the pattern
	// refuses it, or the context's error if its time ran out while it waited.
	Do(ctx context.Context, job *Job) error

	// Load returns how much the pattern holds at this moment.
	Load() Load

	// Close stops what the pattern started. No Do may be running or follow.
	Close()
}

// Work is what a pattern runs.
type Work interface {
	// Run does the work on the goroutine that the pattern chose. It must not
	// panic: on a goroutine of the pattern's that would end the process.
	Run()
}

// Load is a pattern's state. Fields that a pattern does not have are 0.
type Load struct {
	Queued   int // admitted and waiting for its turn
	QueueCap int // most that may wait
	Running  int // work being run
	Limit    int // most work that may run at once; 0: no limit
}

// Config is everything a pattern may need to know.
type Config struct {
	Workers   int           // work that runs at once
	QueueSize int           // work that waits for its turn
	Patience  time.Duration // how long a request may wait to be admitted; 0: not at all
	RateLimit float64       // requests a second
	RateBurst int           // requests at once above the rate
}

// Refusal is the error of a request that was not admitted.
type Refusal struct {
	Status     int           // HTTP status that says so: 503, or 429 for a rate
	Reason     string        // for the client
	RetryAfter time.Duration // when it may be worth trying again, above 0
}

func (r *Refusal) Error() string { return r.Reason }
