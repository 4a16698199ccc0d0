package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/pattern"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// fill sends requests in the background until n are inside the API: those that
// run have reached the gate, the others wait in the pattern. The returned
// function waits for all their answers.
func fill(t *testing.T, s *subject, n int) (wait func() []reply) {
	t.Helper()
	replies := make([]reply, n)
	var sent sync.WaitGroup
	for i := range n {
		sent.Go(func() { replies[i] = s.get(t, "/api/v1/patients?id="+string(patient.Numbered(i))) })
	}
	eventually(t, func() bool {
		load := s.api.pattern.Load()
		return load.Running+load.Queued == n
	})
	return func() []reply { sent.Wait(); return replies }
}

// eventually yields until the condition holds; the test's own time limit ends it.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for !holds() {
		if t.Context().Err() != nil {
			t.Fatal("the condition never held")
		}
		runtime.Gosched()
	}
}

func checkRefused(t *testing.T, r reply, status int) {
	t.Helper()
	if r.status != status || r.answer.Success || r.answer.Error == "" {
		t.Errorf("got %d %s, want %d and an error", r.status, r.body, status)
	}
	if seconds, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || seconds < 1 {
		t.Errorf("Retry-After %q, want whole seconds from 1", r.header.Get("Retry-After"))
	}
	if !serverTiming.MatchString(r.header.Get("Server-Timing")) {
		t.Errorf("Server-Timing %q", r.header.Get("Server-Timing"))
	}
}

// Patterns that queue hold exactly workers + queue-size requests, refuse the
// next at once, and still answer all that they admitted.
func TestFullPatternRefuses(t *testing.T) {
	for _, name := range []string{"workerpool", "optimized", "semaphore"} {
		t.Run("pattern="+name, func(t *testing.T) {
			const workers, queue = 3, 5
			g := newGate()
			s := start(t, settings{pattern: name, store: g, config: pattern.Config{Workers: workers, QueueSize: queue}})
			// One after the other, so that each finds its place: workers first.
			var waits []func() []reply
			for i := range workers + queue {
				before := s.api.pattern.Load()
				replies := make([]reply, 1)
				done := make(chan struct{})
				go func() {
					defer close(done)
					replies[0] = s.get(t, "/api/v1/patients?id="+string(patient.Numbered(i)))
				}()
				waits = append(waits, func() []reply { <-done; return replies })
				eventually(t, func() bool {
					now := s.api.pattern.Load()
					return now.Running+now.Queued > before.Running+before.Queued
				})
				if i < workers {
					<-g.entered // a worker took it: its queue slot is free again
				}
			}
			if load := s.api.pattern.Load(); load != (pattern.Load{Queued: queue, QueueCap: queue, Running: workers, Limit: workers}) {
				t.Errorf("load %+v", load)
			}
			checkRefused(t, s.get(t, "/api/v1/patients?id=P00099"), http.StatusServiceUnavailable)
			// What could never succeed needs no place.
			for path, status := range map[string]int{
				"/api/v1/patients?id=oops": 400, "/nothing": 404, "/health": 200, "/metrics": 200,
			} {
				if r := s.get(t, path); r.status != status {
					t.Errorf("%s while full: %d, want %d", path, r.status, status)
				}
			}
			close(g.open)
			for i, wait := range waits {
				if r := wait()[0]; r.status != http.StatusOK || r.answer.Patient.ID != patient.Numbered(i) {
					t.Errorf("admitted request %d: %d %s", i, r.status, r.body)
				}
			}
			if most := g.most.Load(); most > workers {
				t.Errorf("%d queries at once with %d workers", most, workers)
			}
		})
	}
}

func TestAdaptiveRefusesAtItsLimit(t *testing.T) {
	g := newGate()
	s := start(t, settings{pattern: "adaptive", store: g, config: pattern.Config{Workers: 3, QueueSize: 5}})
	wait := fill(t, s, 3)
	checkRefused(t, s.get(t, "/api/v1/patients?id=P00099"), http.StatusServiceUnavailable)
	close(g.open)
	for _, r := range wait() {
		if r.status != http.StatusOK {
			t.Errorf("admitted request: %d %s", r.status, r.body)
		}
	}
}

func TestRateLimitRefusesAboveItsBurst(t *testing.T) {
	s := start(t, settings{pattern: "ratelimit", config: pattern.Config{RateLimit: 0.01, RateBurst: 3}})
	for i := range 3 {
		if r := s.get(t, "/api/v1/patients?id=P00001"); r.status != http.StatusOK {
			t.Errorf("request %d of the burst: %d", i, r.status)
		}
	}
	r := s.get(t, "/api/v1/patients?id=P00001")
	checkRefused(t, r, http.StatusTooManyRequests)
	// A token takes 100 s; the fraction that has come back by now is small.
	if seconds, _ := strconv.Atoi(r.header.Get("Retry-After")); seconds < 2 || seconds > 100 {
		t.Errorf("Retry-After %d, want the time until the next token, at most 100", seconds)
	}
}

// With patience, a request that finds no room waits for it.
func TestPatienceAdmitsWhenRoomAppears(t *testing.T) {
	for _, name := range []string{"workerpool", "optimized", "semaphore", "adaptive"} {
		t.Run("pattern="+name, func(t *testing.T) {
			g := newGate()
			s := start(t, settings{pattern: name, store: g, config: pattern.Config{
				Workers: 1, QueueSize: 1, Patience: time.Hour,
			}})
			var clients sync.WaitGroup
			for i := range 6 {
				clients.Go(func() {
					if r := s.get(t, fmt.Sprintf("/api/v1/patients?id=P%05d", i)); r.status != http.StatusOK {
						t.Errorf("request %d: %d %s", i, r.status, r.body)
					}
				})
			}
			<-g.entered
			eventually(t, func() bool { return s.api.recorder.InFlight() == 6 })
			close(g.open)
			clients.Wait()
		})
	}
}

// A request whose deadline passes while it waits gets 504, and its object is not
// given to anyone else while the queue still holds it.
func TestDeadlinePassesInTheQueue(t *testing.T) {
	for _, name := range []string{"workerpool", "optimized", "semaphore"} {
		t.Run("pattern="+name, func(t *testing.T) {
			stuck := make(chan struct{})
			entered := make(chan struct{}, 1)
			st := &scripted{query: func(_ context.Context, id patient.ID) error {
				if id == "P00000" { // does not listen to its context
					entered <- struct{}{}
					<-stuck
				}
				return nil
			}}
			s := start(t, settings{
				pattern: name, store: st, timeout: 20 * time.Millisecond,
				config: pattern.Config{Workers: 1, QueueSize: 100},
			})
			first := make(chan reply, 1)
			// A batch has more time to reach the worker than any machine takes.
			go func() {
				first <- s.get(t, "/api/v1/patients?id=P00000", "X-Request-ID", "stuck", "X-Query-Class", "batch")
			}()
			<-entered
			for i := 1; i <= 20; i++ {
				tag := fmt.Sprint("late-", i)
				r := s.get(t, "/api/v1/patients?id="+string(patient.Numbered(i)), "X-Request-ID", tag)
				if r.status != http.StatusGatewayTimeout || r.answer.RequestID != tag {
					t.Errorf("request %d: %d %s", i, r.status, r.body)
				}
			}
			// No abandoned object came back: every request had to make its own.
			if got := s.api.exchanges.Counts(); got.Hits != 0 {
				t.Errorf("objects were reused while a queue held them: %+v", got)
			}
			close(stuck)
			if r := <-first; r.status != http.StatusOK || r.answer.RequestID != "stuck" || r.answer.Patient.ID != "P00000" {
				t.Errorf("first request: %d %s", r.status, r.body)
			}
			if got := st.most.Load(); got != 1 {
				t.Errorf("%d queries at once with one worker", got)
			}
		})
	}
}

// Ten times more clients than a bounded pattern has room for: what runs and what
// waits stays within the bounds, and so do the goroutines.
func TestOverloadStaysBounded(t *testing.T) {
	for _, name := range []string{"workerpool", "optimized", "semaphore", "adaptive"} {
		t.Run("pattern="+name, func(t *testing.T) {
			const workers, queue, clients, each = 4, 8, 120, 25
			st := &scripted{query: func(context.Context, patient.ID) error { runtime.Gosched(); return nil }}
			s := start(t, settings{pattern: name, store: st, config: pattern.Config{Workers: workers, QueueSize: queue}})
			var running sync.WaitGroup
			for range clients {
				running.Go(func() {
					for range each {
						switch r := s.get(t, "/api/v1/patients?id=P00001"); r.status {
						case http.StatusOK:
						case http.StatusServiceUnavailable:
							checkRefused(t, r, http.StatusServiceUnavailable)
						default:
							t.Errorf("status %d: %s", r.status, r.body)
						}
					}
				})
			}
			running.Wait()
			if most := st.most.Load(); most > workers+queue || name != "adaptive" && most > workers {
				t.Errorf("%d queries ran at once, workers %d, queue %d", most, workers, queue)
			}
			got := s.api.recorder.Snapshot(s.api.state())
			if sum := got.Requests[telemetry.OK.String()] + got.Requests[telemetry.Rejected.String()]; sum != clients*each {
				t.Errorf("%d ok and rejected, want %d: %v", sum, clients*each, got.Requests)
			}
			if got.InFlight != 0 {
				t.Errorf("%d still in flight", got.InFlight)
			}
		})
	}
}
