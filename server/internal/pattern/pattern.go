// Package pattern decides where and when the work of a request runs.
//
// A Pattern is one way to limit concurrency, or not to limit it. All patterns share
// one interface, and Table lists them: to add a pattern, add a file with its
// constructor and a line in the table. A pattern only decides on admission. The
// caller does everything else once for all patterns: the work itself, how a refusal
// is sent, deadlines of queries, metrics, and the reuse of objects.
//
// Rules for every pattern:
//   - Work that was admitted runs exactly once; work that was refused never runs.
//   - Do returns when the work is done, so that the caller can answer its client.
//   - Nothing waits for its turn beyond the deadline of the context.
package pattern

import (
	"context"
	"time"
)

// Pattern runs work according to a rule of admission. Its methods may be called from
// many goroutines.
type Pattern interface {
	// Do runs the job's work and returns nil when the work is done. If it returns an
	// error, the work has not run and never will: the error is a *Refusal if the
	// pattern refused the work, or the context's error if the time ran out while the
	// job waited.
	Do(ctx context.Context, job *Job) error

	// Load returns how much work the pattern holds at this moment.
	Load() Load

	// Close stops what the pattern started. No call of Do may be running, and none
	// may follow.
	Close()
}

// Work is what a pattern runs.
type Work interface {
	// Run does the work on the goroutine that the pattern chose. It must not panic:
	// on a goroutine of the pattern, that would end the process.
	Run()
}

// Load is the state of a pattern. Fields that do not apply to a pattern are 0.
type Load struct {
	Queued   int // admitted and waiting for its turn
	QueueCap int // largest number that may wait
	Running  int // running now
	Limit    int // largest number that may run at once; 0 for no limit
}

// Config holds the settings of all patterns.
type Config struct {
	Workers   int           // how much work may run at once
	QueueSize int           // how much work may wait for its turn
	Patience  time.Duration // how long a request may wait to be admitted; 0 for not at all
	RateLimit float64       // requests per second
	RateBurst int           // requests above the rate that are admitted at once
}

// Refusal is the error of a request that was not admitted.
type Refusal struct {
	Status     int           // HTTP status: 503, or 429 for a rate
	Reason     string        // for the client
	RetryAfter time.Duration // after how long a retry may succeed; above 0
}

// Error returns the reason, which is meant for the client.
func (r *Refusal) Error() string { return r.Reason }
