package trial

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/process/kin"
	"github.com/assay-bench/assay/results"
)

// samplePeriod is the time between two samples of a server. A sample costs the
// server about a millisecond of CPU, a thousandth of the period.
const samplePeriod = time.Second

// beforeWindow is how long before the window the processes of the machine are listed, so
// that the window does not begin with that work. The list takes a fraction of it.
const beforeWindow = 200 * time.Millisecond

// monitor samples one server.
type monitor struct {
	server  *server
	scraper *process.Scraper // nil if the server has no metrics
	// samples are all that were taken, warm-up not included. warnings are for the trial.
	// procs is GOMAXPROCS, or 0 if the server does not tell.
	samples  []results.Sample
	warnings []string
	procs    int

	busy    atomic.Bool // a sample is being taken
	looking sync.WaitGroup

	first, last *results.Sample // at the ends of the measured window
	peakRSS     uint64
	processes   int     // the most that were seen at once
	pss         *uint64 // memory of several processes after the window
	peakGo      *float64
}

// begun is the start of the load, as whoever watches it needs to know it.
type begun struct {
	known <-chan struct{}    // closed when the start is known
	zero  func() time.Time   // the start, once it is known
	live  func() attack.Live // how the load goes; may be nil
}

// watch samples servers and machine from the start of the attack until the returned
// function is called. That function waits for the last sample.
func (r *runner) watch(ctx context.Context, a begun) (finish func()) {
	// A sample may wait for a slow server. It is cancelled only after the samples at
	// the end of the window, which the result needs.
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	var done sync.WaitGroup
	for _, s := range r.servers {
		m := &monitor{server: s}
		if s.Metrics != "" {
			m.scraper = process.NewScraper(s.Metrics, s.secure)
			// Read GOMAXPROCS before the load, while the server surely answers: the
			// number is a part of the benchmark's name.
			if got, err := m.scraper.Scrape(ctx); err == nil {
				m.procs = procsOf(got)
			}
		}
		r.monitors = append(r.monitors, m)
	}
	done.Go(func() {
		select {
		case <-a.known:
		case <-over: // the attack never began
			return
		}
		r.sampleAll(ctx, a, over)
	})
	return func() {
		close(over)
		done.Wait()
		cancel()
		for _, m := range r.monitors {
			if m.scraper != nil {
				m.scraper.Close()
			}
		}
	}
}

// sampleAll samples every server when the window begins, once per period, and when
// the window ends. The end is a moment in time; but if some stream is bounded by a
// count, it is no earlier than the end of the attack, because what that stream
// completes counts until then.
func (r *runner) sampleAll(ctx context.Context, a begun, over <-chan struct{}) {
	warmup := r.spec.Scenario.Warmup
	window, counted := r.window()
	end := warmup + window
	early := over
	if !counted {
		early = nil // the last answer may be there before the window ends
	}
	at := func(d time.Duration) bool { // returns false if the load is over
		t := time.NewTimer(time.Until(a.zero().Add(d)))
		defer t.Stop()
		select {
		case <-t.C:
			return true
		case <-early:
			return false
		case <-ctx.Done():
			return false
		}
	}
	at(warmup - beforeWindow)
	programs := host.ReadPrograms()
	at(warmup)
	r.beginProfiles(ctx, window)
	watch := host.Begin(r.spec.Placement)
	before := r.usage()
	for i, m := range r.monitors {
		m.look(func() {
			m.first = m.sample(ctx, a.zero())
			m.first.CPU = before.servers[i]
		})
	}
	for next := warmup + samplePeriod; counted || next < end; next += samplePeriod {
		if !at(next) {
			break
		}
		for _, m := range r.monitors {
			m.look(func() { m.sample(ctx, a.zero()) })
		}
		if r.spec.Live != nil && a.live != nil {
			r.spec.Live(a.live())
		}
	}
	early = nil
	if window > 0 {
		at(end)
	}
	after := r.usage()
	r.used = after.since(before)
	r.watched = watch.End(r.used, runtime.GOMAXPROCS(0))
	if v := r.watched.Foreign; v != nil && *v > r.spec.Foreign {
		r.watched.Programs = watch.Busiest(programs, r.others()...)
	}
	var lasts sync.WaitGroup
	for i, m := range r.monitors {
		lasts.Go(func() {
			m.looking.Wait()
			m.last = m.sample(ctx, a.zero())
			m.last.CPU = after.servers[i]
			m.readMemory()
		})
	}
	lasts.Wait()
	r.endProfiles(ctx)
}

// look samples the server without waiting for it. A server that answers slowly must
// not delay the samples of others or the end of the window: if the previous sample
// is still being taken, look does nothing.
func (m *monitor) look(sample func()) {
	if m.busy.CompareAndSwap(false, true) {
		m.looking.Go(func() {
			defer m.busy.Store(false)
			sample()
		})
	}
}

// window returns the length of the measured window of the streams that end by time,
// and whether there are other streams, which end with their last request.
func (r *runner) window() (d time.Duration, counted bool) {
	for _, st := range r.resolved.Streams {
		switch {
		case st.Open != nil:
			d = max(d, st.Open.Duration())
		case st.Closed.Requests == 0:
			d = max(d, st.Closed.Duration)
		default:
			counted = true
		}
	}
	return d, counted
}

// sample takes one sample of the server.
func (m *monitor) sample(ctx context.Context, zero time.Time) *results.Sample {
	s := results.Sample{At: time.Since(zero).Seconds(), Server: m.server.Name}
	if look, err := kin.Take(); err == nil {
		if u, ok := m.server.use(look); ok {
			s.CPU, s.RSSBytes, s.Threads = &u.CPU, &u.RSSBytes, &u.Threads
			m.peakRSS, m.processes = max(m.peakRSS, u.PeakRSSBytes), max(m.processes, u.Processes)
		}
	}
	if m.scraper != nil {
		m.scrape(ctx, &s)
	}
	m.samples = append(m.samples, s)
	return &s
}

// scrape adds what the server says of itself. Only the first failure is a warning,
// because a server without metrics would otherwise repeat it every second.
func (m *monitor) scrape(ctx context.Context, s *results.Sample) {
	got, err := m.scraper.Scrape(ctx)
	if err != nil {
		if len(m.warnings) == 0 && ctx.Err() == nil {
			m.warnings = append(m.warnings, fmt.Sprintf("server %s at %.1f s: %v", m.server.Name, s.At, err))
		}
		return
	}
	s.Goroutines = got.Get("go_goroutines")
	s.HeapBytes = got.Get("go_memstats_heap_alloc_bytes", "go_memstats_alloc_bytes")
	s.GCCycles = got.Get("go_gc_duration_seconds_count")
	s.GCPause = got.Get("go_gc_duration_seconds_sum")
	s.Allocs = got.Get("go_memstats_mallocs_total")
	s.AllocBytes = got.Get("go_memstats_alloc_bytes_total")
	for _, v := range []*float64{s.Goroutines, got.Suffix("goroutines_peak")} {
		if v != nil && (m.peakGo == nil || *v > *m.peakGo) {
			m.peakGo = v
		}
	}
	s.Metrics = applicationMetrics(got)
}

// procsOf returns the GOMAXPROCS that a Go server reports, or 0.
func procsOf(got process.Metrics) int {
	if v := got.Get("go_sched_gomaxprocs_threads"); v != nil {
		return int(*v)
	}
	return 0
}

// applicationMetrics removes the metrics of the Go runtime and of the metrics library. What remains
// are the application's own metrics, which are few.
func applicationMetrics(all process.Metrics) map[string]float64 {
	m := map[string]float64{}
	for k, v := range all {
		if !hasPrefix(k, "go_", "process_", "promhttp_") {
			m[k] = v
		}
	}
	return m
}

// result returns what the server used in the window.
func (m *monitor) result() results.ServerResult {
	res := results.ServerResult{Procs: m.procs, PeakGoroutines: m.peakGo}
	if m.processes > 1 {
		res.PSSBytes = m.pss // a sum of peaks would count shared pages several times
	} else if m.peakRSS > 0 {
		res.PeakRSSBytes = &m.peakRSS
	}
	if m.first == nil || m.last == nil {
		return res
	}
	// A counter that went down belongs to a process that was started again: the
	// difference would mean nothing.
	grown := func(a, b *float64) *float64 {
		if a == nil || b == nil || *b < *a {
			return nil
		}
		d := *b - *a
		return &d
	}
	if a, b := m.first.CPU, m.last.CPU; a != nil && b != nil {
		if d := kin.Since(*a, *b); d >= 0 {
			res.CPU = &d
		}
	}
	res.Allocs = grown(m.first.Allocs, m.last.Allocs)
	res.AllocBytes = grown(m.first.AllocBytes, m.last.AllocBytes)
	res.GCCycles = grown(m.first.GCCycles, m.last.GCCycles)
	res.GCPause = grown(m.first.GCPause, m.last.GCPause)
	return res
}
