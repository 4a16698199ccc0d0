package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
)

// What the metrics say is what happened, in every pattern.
func TestMetricsAgreeWithTheRequests(t *testing.T) {
	everyPattern(t, func(t *testing.T, name string) {
		s := start(t, settings{pattern: name, store: store.NewSim(store.SimConfig{Seed: 1, ErrorRate: 0.5})})
		var ok, failed int
		for seq := range 40 {
			r := s.get(t, "/api/v1/patients?id=P00001", "X-Vegeta-Seq", fmt.Sprint(seq))
			if r.status == http.StatusOK {
				ok++
			} else {
				failed++
			}
		}
		s.get(t, "/api/v1/patients?id=nobody")
		s.get(t, "/health") // not a request for patients
		text := string(s.get(t, "/metrics?format=prometheus").body)
		for _, line := range []string{
			fmt.Sprintf(`assay_requests_total{outcome="ok"} %d`, ok),
			fmt.Sprintf(`assay_requests_total{outcome="error"} %d`, failed),
			`assay_requests_total{outcome="invalid"} 1`,
			fmt.Sprintf(`assay_request_duration_seconds_count{outcome="error"} %d`, failed),
			`assay_queue_wait_seconds_count 40`,
			`assay_store_query_duration_seconds_count 40`,
			`assay_store_queries_total 40`,
			fmt.Sprintf(`assay_store_errors_total %d`, failed),
			`assay_in_flight_requests 0`,
			`assay_server_info{pattern="` + name + `"} 1`,
		} {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("no line %q", line)
			}
		}
	})
}

// The parts of Server-Timing tell where the time went: the store's latency, and
// the wait of a request that found the only worker busy. The clock is the bubble's,
// so the times are exact however busy the machine is.
func TestServerTimingTellsWhereTheTimeWent(t *testing.T) {
	const latency = 30 * time.Millisecond
	for _, name := range []string{"workerpool", "optimized", "semaphore"} {
		t.Run("pattern="+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(t, settings{
					pattern: name, config: pattern.Config{Workers: 1},
					store: store.NewSim(store.SimConfig{MinLatency: latency, MaxLatency: latency}),
				})
				replies := [2]*httptest.ResponseRecorder{httptest.NewRecorder(), httptest.NewRecorder()}
				var answered sync.WaitGroup
				for _, reply := range replies {
					answered.Go(func() {
						a.ServeHTTP(reply, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/patients?id=P00001", nil))
					})
					synctest.Wait() // the first has the worker before the second comes
				}
				answered.Wait()
				for i, want := range []string{
					"queue;dur=0.000, store;dur=30.000, total;dur=30.000",
					"queue;dur=30.000, store;dur=30.000, total;dur=60.000",
				} {
					if got := replies[i].Header().Get("Server-Timing"); got != want {
						t.Errorf("request %d: %q, want %q", i+1, got, want)
					}
				}
			})
		})
	}
}
