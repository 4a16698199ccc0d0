package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Registry returns a Prometheus registry with the figures of the recorder, of live,
// of the Go runtime and of the process.
func (r *Recorder) Registry(live func() Live) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(r.collectors...)
	registry.MustRegister(
		&collector{recorder: r, live: live},
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

// collector turns the recorder's counts and the live state into metrics.
type collector struct {
	recorder *Recorder
	live     func() Live
}

// describe makes the description of a metric, whose name begins with the program's.
func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("assay_"+name, help, labels, nil)
}

var (
	descInfo           = describe("server_info", "The running pattern; always 1.", "pattern")
	descReady          = describe("ready", "1 while the server accepts requests, 0 while it drains; /readyz also checks the store.")
	descRequests       = describe("requests_total", "Requests for patients, by outcome.", "outcome")
	descInFlight       = describe("in_flight_requests", "Requests for patients that are not answered yet.")
	descInFlightPeak   = describe("in_flight_requests_peak", "Largest number of requests in flight at once.")
	descPanics         = describe("panics_total", "Panics that were answered with status 500.")
	descAuditLost      = describe("audit_lost_total", "Lines of the audit log that could not be written.")
	descQueueDepth     = describe("queue_depth", "Requests that wait for their turn.")
	descQueueCapacity  = describe("queue_capacity", "Largest number of requests that may wait for their turn.")
	descWorkersBusy    = describe("workers_busy", "Requests being worked on.")
	descWorkersLimit   = describe("workers_limit", "Largest number of requests worked on at once; 0 means no limit.")
	descGoroutinesPeak = describe("goroutines_peak", "Largest number of goroutines seen at once.")
	descReuseGets      = describe("reuse_gets_total", "Response objects requested from the pool.")
	descReuseHits      = describe("reuse_hits_total", "Response objects that the pool had ready.")
	descReuseMisses    = describe("reuse_misses_total", "Response objects that the pool had to make.")
	descStoreQueries   = describe("store_queries_total", "Queries sent to the store.")
	descStoreErrors    = describe("store_errors_total", "Queries that failed; an unknown patient is no failure.")
	descStoreInUse     = describe("store_connections_in_use", "Store connections that a query holds.")
	descStoreIdle      = describe("store_connections_idle", "Open store connections that no query holds.")
	descStoreMax       = describe("store_connections_max", "Largest number of store connections at once; 0 means no limit.")
	descStoreWaiting   = describe("store_connection_waiters", "Queries that wait for a store connection.")
)

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	r, live := c.recorder, c.live()
	// Metrics are made anew for every scrape from the counters that requests write to,
	// so that a request never touches a metric of its own.
	count := func(desc *prometheus.Desc, value uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(value), labels...)
	}
	gauge := func(desc *prometheus.Desc, value int, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	ready := 0
	if live.Ready {
		ready = 1
	}
	r.SampleGoroutines()
	gauge(descInfo, 1, live.Pattern)
	gauge(descReady, ready)
	for outcome := range outcomes {
		count(descRequests, r.requests[outcome].Load(), outcome.String())
	}
	gauge(descInFlight, r.InFlight())
	gauge(descInFlightPeak, int(r.peakInFlight.Load()))
	count(descPanics, r.panics.Load())
	count(descAuditLost, live.AuditLost)
	gauge(descQueueDepth, live.Queued)
	gauge(descQueueCapacity, live.QueueCap)
	gauge(descWorkersBusy, live.Running)
	gauge(descWorkersLimit, live.WorkerLimit)
	gauge(descGoroutinesPeak, int(r.peakGoroutines.Load()))
	count(descReuseGets, live.ReuseGets)
	count(descReuseHits, live.ReuseHits)
	count(descReuseMisses, live.ReuseMisses)
	count(descStoreQueries, r.storeQueries.Load())
	count(descStoreErrors, r.storeErrors.Load())
	gauge(descStoreInUse, live.StoreConnsInUse)
	gauge(descStoreIdle, live.StoreConnsIdle)
	gauge(descStoreMax, live.StoreConnsMax)
	gauge(descStoreWaiting, live.StoreWaiting)
}
