package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/store"
)

// The benchmarks leave out the simulated wait: they measure what a pattern
// costs, not how long the store sleeps. They call the handler without a network,
// but for BenchmarkServe, and name their settings key=value for benchstat:
//
//	go test -run '^$' -bench Pattern -count 10 ./server/internal/api > new.txt
//	go tool benchstat -col /pattern new.txt

// sink is a ResponseWriter that keeps only the status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

// bare is the yardstick: a plain net/http handler that does the same work with
// no pattern, no deadline, no metrics and no Server-Timing.
func bare(st store.Store) http.Handler {
	var counter store.Counter
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids, err := appendIDs(nil, r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var record patient.Record
		if err := st.Query(r.Context(), counter.Next(), ids[0], &record); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentJSON)
		w.WriteHeader(http.StatusOK)
		// As in the server: an error means that the client has gone.
		_ = json.NewEncoder(w).Encode(&answer{
			Success: true, Patient: &record, Timestamp: time.Now().UTC(), RequestID: requestID(r),
		})
	})
}

// contender is a handler in a comparison.
type contender struct {
	name    string
	handler http.Handler
}

// contenders are the bare handler and every pattern, with room for that many
// requests at once. The limits that would refuse some are out of reach.
func contenders(b *testing.B, clients, workers int, st store.Store) []contender {
	list := []contender{{"bare", bare(st)}}
	for _, spec := range pattern.Table() {
		a := newAPI(b, settings{pattern: spec.Name, store: st, config: pattern.Config{
			Workers: workers, QueueSize: clients, RateLimit: 1e9, RateBurst: 1e6, Patience: time.Minute,
		}})
		list = append(list, contender{spec.Name, a})
	}
	return list
}

// drive sends b.N requests from that many clients at once.
func drive(b *testing.B, clients int, handler http.Handler) {
	b.ReportAllocs()
	var sent atomic.Int64
	var running sync.WaitGroup
	b.ResetTimer()
	for client := range clients {
		running.Go(func() {
			request, err := http.NewRequestWithContext(b.Context(), http.MethodGet,
				"/api/v1/patients?id="+string(patient.Numbered(client)), nil)
			if err != nil {
				b.Error(err)
				return
			}
			w := &sink{header: http.Header{}}
			for sent.Add(1) <= int64(b.N) {
				clear(w.header)
				handler.ServeHTTP(w, request)
				if w.status != http.StatusOK {
					b.Errorf("status %d", w.status)
					return
				}
			}
		})
	}
	running.Wait()
}

// BenchmarkPattern drives every pattern with 10 to 1,000 clients at once.
func BenchmarkPattern(b *testing.B) {
	for _, clients := range []int{10, 50, 100, 500, 1000} {
		for _, c := range contenders(b, clients, 20, store.NewSim(store.SimConfig{}))[1:] {
			b.Run(fmt.Sprintf("pattern=%s/concurrency=%d", c.name, clients), func(b *testing.B) {
				drive(b, clients, c.handler)
			})
		}
	}
}

// BenchmarkAllocation is one client: bytes and allocations of a request beside
// those of the bare handler.
func BenchmarkAllocation(b *testing.B) {
	for _, c := range contenders(b, 1, 20, store.NewSim(store.SimConfig{})) {
		b.Run("handler="+c.name, func(b *testing.B) { drive(b, 1, c.handler) })
	}
}

// BenchmarkEncode is the JSON of one patient.
func BenchmarkEncode(b *testing.B) {
	a := newAPI(b, settings{pattern: "optimized"})
	e := a.newExchange()
	e.records = make([]patient.Record, 1)
	patient.Generate("P00042", &e.records[0])
	b.ReportAllocs()
	for b.Loop() {
		e.body.Reset()
		encodePatients(e)
	}
}

// BenchmarkReadIDs is the reading of a request's query.
func BenchmarkReadIDs(b *testing.B) {
	var ids []patient.ID
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if ids, err = appendIDs(ids[:0], "id=P00042"); err != nil {
			b.Fatal(err)
		}
	}
}
