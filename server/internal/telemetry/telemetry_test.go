package telemetry

import (
	"encoding/json"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func live() Live {
	return Live{
		Pattern: "optimized", Ready: true, Queued: 3, QueueCap: 100, Running: 20, WorkerLimit: 20,
		ReuseGets: 10, ReuseHits: 7, ReuseMisses: 3, StoreConnsInUse: 4, StoreConnsMax: 5, StoreWaiting: 6,
	}
}

// busy is a recorder with something to tell.
func busy() *Recorder {
	r := NewRecorder()
	for range 5 {
		r.Enter()
	}
	r.Leave(OK, 75*time.Millisecond)
	r.Leave(OK, 80*time.Millisecond)
	r.Leave(Rejected, time.Millisecond)
	r.Queued(time.Millisecond)
	r.Query(74*time.Millisecond, false)
	r.Query(74*time.Millisecond, true)
	r.Panicked()
	return r
}

func get(t *testing.T, r *Recorder, path, accept string) (contentType, body string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	r.Handler(live).ServeHTTP(w, request)
	if w.Code != 200 {
		t.Errorf("%s: status %d", path, w.Code)
	}
	return w.Header().Get("Content-Type"), w.Body.String()
}

func TestFormatFollowsTheRequest(t *testing.T) {
	r := busy()
	for _, test := range []struct{ path, accept, want string }{
		{"/metrics", "", "application/json"},
		{"/metrics", "*/*", "application/json"},
		{"/metrics", "application/json", "application/json"},
		{"/metrics", "text/html,application/xhtml+xml,text/plain;q=0.8", "application/json"}, // a browser
		{"/metrics", "text/plain;version=0.0.4", "text/plain"},
		{"/metrics", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3,*/*;q=0.1", "text/plain"}, // Prometheus
		{"/metrics?format=prometheus", "", "text/plain"},
		{"/metrics?format=prometheus", "application/json", "text/plain"},
		{"/metrics?format=json", "text/plain", "application/json"},
	} {
		if got, _ := get(t, r, test.path, test.accept); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s with Accept %q: %s, want %s", test.path, test.accept, got, test.want)
		}
	}
}

func TestJSONTellsTheFigures(t *testing.T) {
	_, body := get(t, busy(), "/metrics", "")
	var s Snapshot
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	if s.Requests["ok"] != 2 || s.Requests["rejected"] != 1 || s.RequestsTotal != 3 || s.InFlight != 2 || s.InFlightPeak != 5 {
		t.Errorf("requests: %s", body)
	}
	if s.Queue.Depth != 3 || s.Workers.Busy != 20 || s.Reuse.Hits != 7 || s.Store.Queries != 2 || s.Store.Errors != 1 || s.Store.ConnsInUse != 4 {
		t.Errorf("state: %s", body)
	}
	if s.Goroutines.Count < 1 || s.Goroutines.Peak < s.Goroutines.Count || s.Memory.HeapBytes == 0 || s.Memory.MallocsTotal == 0 {
		t.Errorf("runtime: %s", body)
	}
}

func TestPrometheusTellsTheFigures(t *testing.T) {
	_, body := get(t, busy(), "/metrics?format=prometheus", "")
	for _, line := range []string{
		`assay_server_info{pattern="optimized"} 1`,
		`assay_ready 1`,
		`assay_requests_total{outcome="ok"} 2`,
		`assay_requests_total{outcome="rejected"} 1`,
		`assay_requests_total{outcome="timeout"} 0`,
		`assay_request_duration_seconds_count{outcome="ok"} 2`,
		`assay_request_duration_seconds_bucket{outcome="ok",le="0.075"} 1`,
		`assay_queue_wait_seconds_count 1`,
		`assay_store_query_duration_seconds_count 2`,
		`assay_in_flight_requests 2`,
		`assay_in_flight_requests_peak 5`,
		`assay_panics_total 1`,
		`assay_queue_depth 3`,
		`assay_queue_capacity 100`,
		`assay_workers_busy 20`,
		`assay_workers_limit 20`,
		`assay_reuse_gets_total 10`,
		`assay_reuse_hits_total 7`,
		`assay_reuse_misses_total 3`,
		`assay_store_queries_total 2`,
		`assay_store_errors_total 1`,
		`assay_store_connections_in_use 4`,
		`assay_store_connections_max 5`,
		`assay_store_connection_waiters 6`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	names := []string{
		"assay_goroutines_peak", "go_goroutines", "go_memstats_mallocs_total", "go_memstats_alloc_bytes_total",
		"go_memstats_heap_alloc_bytes", "go_gc_duration_seconds",
	}
	if runtime.GOOS == "linux" {
		names = append(names, "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds")
	}
	for _, name := range names {
		if !strings.Contains(body, "\n"+name+" ") && !strings.Contains(body, "\n"+name+"{") {
			t.Errorf("no metric %s", name)
		}
	}
}

// The same rules that promtool check metrics applies.
func TestNamesAndHelpAreClean(t *testing.T) {
	_, body := get(t, busy(), "/metrics?format=prometheus", "")
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestCountsUnderConcurrency(t *testing.T) {
	r := NewRecorder()
	const clients, each = 8, 1000
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for range each {
				r.Enter()
				r.Leave(OK, time.Microsecond)
			}
		})
	}
	running.Wait()
	s := r.Snapshot(live())
	if s.RequestsTotal != clients*each || s.InFlight != 0 || s.InFlightPeak < 1 || s.InFlightPeak > clients {
		t.Errorf("%d requests, %d in flight, peak %d", s.RequestsTotal, s.InFlight, s.InFlightPeak)
	}
}

func TestPeakOfGoroutinesIsKept(t *testing.T) {
	r := NewRecorder()
	stop := make(chan struct{})
	var running sync.WaitGroup
	for range 100 {
		running.Go(func() { <-stop })
	}
	r.SampleGoroutines()
	close(stop)
	running.Wait()
	if got := r.Snapshot(live()).Goroutines.Peak; got < 100 {
		t.Errorf("peak %d, want at least 100", got)
	}
}

func BenchmarkRecord(b *testing.B) {
	r := NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		r.Enter()
		r.Queued(time.Microsecond)
		r.Query(time.Millisecond, false)
		r.Leave(OK, time.Millisecond)
	}
}
