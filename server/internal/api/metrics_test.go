package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
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
// the wait of a request that found the only worker busy.
func TestServerTimingTellsWhereTheTimeWent(t *testing.T) {
	const latency = 30 * time.Millisecond
	for _, name := range []string{"workerpool", "optimized", "semaphore"} {
		t.Run("pattern="+name, func(t *testing.T) {
			s := start(t, settings{
				pattern: name, config: pattern.Config{Workers: 1},
				store: store.NewSim(store.SimConfig{MinLatency: latency, MaxLatency: latency}),
			})
			replies := make([]reply, 2)
			wait := fill(t, s, len(replies))
			copy(replies, wait())
			queued := 0
			for _, r := range replies {
				var queue, store, total float64
				timing := r.header.Get("Server-Timing")
				if _, err := fmt.Sscanf(timing, "queue;dur=%f, store;dur=%f, total;dur=%f", &queue, &store, &total); err != nil {
					t.Fatalf("%q: %v", timing, err)
				}
				if store < 30 || total < queue+store-0.002 {
					t.Errorf("%q: want a store time of at least 30 ms and a total that holds both", timing)
				}
				if queue > 10 {
					queued++
				}
			}
			if queued != 1 {
				t.Errorf("%d of two requests waited, want the one that came second", queued)
			}
		})
	}
}
