// Package telemetry counts what the server does and serves the counts.
//
// The request path writes to a Recorder. Its atomic counters and histograms have
// handles that were made at the start, so that a request costs a few atomic
// additions and no allocation. Readers get the same figures in two forms, JSON and
// the Prometheus text format, together with those of the Go runtime and the process.
//
// A Recorder is neither a log nor a trace, and it never sees patient data.
package telemetry

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Recorder collects the figures of one server. Its methods may be called from
// many goroutines.
type Recorder struct {
	// The counters are atomic and stand one by one: requests write to them at any time,
	// and a reader takes no lock. A snapshot may therefore miss a request that is just
	// ending.
	started        time.Time
	requests       [outcomes]atomic.Uint64
	inFlight       atomic.Int64
	peakInFlight   atomic.Int64
	peakGoroutines atomic.Int64
	storeQueries   atomic.Uint64
	storeErrors    atomic.Uint64
	panics         atomic.Uint64

	durations  [outcomes]prometheus.Observer
	queueWait  prometheus.Histogram
	storeTime  prometheus.Histogram
	collectors []prometheus.Collector
}

// buckets range from less than the cost of a pattern to the longest query deadline.
var buckets = []float64{
	.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .075, .1, .15, .25, .5, 1, 2.5, 5, 10, 30,
}

// NewRecorder returns a Recorder with all counts at zero.
func NewRecorder() *Recorder {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "assay_request_duration_seconds", Buckets: buckets,
		Help: "Time from a request's arrival at the handler to its answer, by outcome.",
	}, []string{"outcome"})
	r := &Recorder{
		started: time.Now(),
		queueWait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "assay_queue_wait_seconds", Buckets: buckets,
			Help: "Time an admitted request waited before its work began.",
		}),
		storeTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "assay_store_query_duration_seconds", Buckets: buckets,
			Help: "Time of a store query, waiting for a connection included.",
		}),
	}
	for outcome := range outcomes {
		r.durations[outcome] = durations.WithLabelValues(outcome.String())
	}
	r.collectors = []prometheus.Collector{durations, r.queueWait, r.storeTime}
	r.SampleGoroutines()
	return r
}

// Enter counts a request that arrived. It reports whether more requests are in
// flight than ever before, which is a good moment to call SampleGoroutines.
func (r *Recorder) Enter() (peak bool) {
	return raise(&r.peakInFlight, r.inFlight.Add(1))
}

// Leave counts a request that has ended, with its outcome and how long it took.
func (r *Recorder) Leave(outcome Outcome, took time.Duration) {
	r.requests[outcome].Add(1)
	r.durations[outcome].Observe(took.Seconds())
	r.inFlight.Add(-1)
}

// Queued records how long an admitted request waited for its turn.
func (r *Recorder) Queued(wait time.Duration) { r.queueWait.Observe(wait.Seconds()) }

// Query records a query of the store. Callers do not count an unknown patient as a
// failure.
func (r *Recorder) Query(took time.Duration, failed bool) {
	r.storeQueries.Add(1)
	if failed {
		r.storeErrors.Add(1)
	}
	r.storeTime.Observe(took.Seconds())
}

// Panicked counts a panic that was turned into an answer.
func (r *Recorder) Panicked() { r.panics.Add(1) }

// SampleGoroutines reads the number of goroutines, and records the largest number
// seen.
func (r *Recorder) SampleGoroutines() int {
	n := runtime.NumGoroutine()
	raise(&r.peakGoroutines, int64(n))
	return n
}

// InFlight returns the number of requests that have entered and not left.
func (r *Recorder) InFlight() int { return int(r.inFlight.Load()) }

// raise raises a maximum to at least n, and reports whether it changed.
func raise(maximum *atomic.Int64, n int64) bool {
	for {
		old := maximum.Load()
		if n <= old {
			return false
		}
		if maximum.CompareAndSwap(old, n) {
			return true
		}
	}
}

// Watch samples the goroutines at every interval until the context ends.
func (r *Recorder) Watch(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			r.SampleGoroutines()
		case <-ctx.Done():
			return
		}
	}
}
