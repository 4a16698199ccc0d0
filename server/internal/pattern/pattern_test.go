package pattern

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/server/internal/deadline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// work calls a function, and counts how often.
type work struct {
	do   func()
	runs atomic.Int64
}

func (w *work) Run() {
	w.runs.Add(1)
	if w.do != nil {
		w.do()
	}
}

func job(w *work) *Job { return &Job{Work: w} }

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, spec := range Table() {
		if spec.Name == "" || spec.Bounds == "" || spec.Refuses == "" || spec.New == nil || seen[spec.Name] {
			t.Errorf("line %+v", spec)
		}
		seen[spec.Name] = true
		if found, ok := Find(spec.Name); !ok || found.Name != spec.Name {
			t.Errorf("Find(%q) = %+v, %v", spec.Name, found, ok)
		}
		if !strings.Contains(Names(), spec.Name) {
			t.Errorf("%q is not among %q", spec.Name, Names())
		}
	}
	if _, ok := Find("none"); ok {
		t.Error("found a pattern that is not there")
	}
}

// Many clients at once: admitted work runs exactly once and Do returns after it;
// refused work never runs.
func TestWorkRunsOnceOrNotAtAll(t *testing.T) {
	for _, spec := range Table() {
		t.Run("pattern="+spec.Name, func(t *testing.T) {
			p := spec.New(Config{Workers: 3, QueueSize: 4, RateLimit: 1e4, RateBurst: 10})
			defer p.Close()
			var admitted, refused atomic.Int64
			var clients sync.WaitGroup
			for range 50 {
				clients.Go(func() {
					w := &work{}
					j := job(w) // the same job again and again, as a caller that reuses does
					for range 100 {
						before := w.runs.Load()
						err := p.Do(t.Context(), j)
						ran := w.runs.Load() - before
						var refusal *Refusal
						switch {
						case err == nil && ran == 1:
							admitted.Add(1)
						case errors.As(err, &refusal) && ran == 0:
							refused.Add(1)
						default:
							t.Errorf("ran %d times with error %v", ran, err)
						}
					}
				})
			}
			clients.Wait()
			if admitted.Load() == 0 || admitted.Load()+refused.Load() != 5000 {
				t.Errorf("%d admitted, %d refused of 5000", admitted.Load(), refused.Load())
			}
			if load := p.Load(); load.Queued != 0 {
				t.Errorf("idle load %+v", load)
			}
		})
	}
}

// holding fills the pattern with work that waits until release is called.
func holding(t *testing.T, p Pattern, n int) (release func()) {
	t.Helper()
	open := make(chan struct{})
	var held sync.WaitGroup
	for range n {
		held.Go(func() {
			if err := p.Do(t.Context(), job(&work{do: func() { <-open }})); err != nil {
				t.Errorf("work to hold: %v", err)
			}
		})
		synctest.Wait()
	}
	return func() { close(open); held.Wait() }
}

// With patience, a request is refused after exactly that time.
func TestPatience(t *testing.T) {
	for _, test := range []struct {
		pattern string
		full    int // requests that fill it
	}{{"workerpool", 5}, {"optimized", 5}, {"semaphore", 5}, {"adaptive", 2}} {
		t.Run("pattern="+test.pattern, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				spec, _ := Find(test.pattern)
				p := spec.New(Config{Workers: 2, QueueSize: 3, Patience: 100 * time.Millisecond})
				defer p.Close()
				release := holding(t, p, test.full)
				began := time.Now()
				w := &work{}
				var refusal *Refusal
				if err := p.Do(t.Context(), job(w)); !errors.As(err, &refusal) || refusal.Status != http.StatusServiceUnavailable {
					t.Errorf("got %v, want a refusal with 503", err)
				}
				if took := time.Since(began); took != 100*time.Millisecond || w.runs.Load() != 0 {
					t.Errorf("refused after %v, ran %d times", took, w.runs.Load())
				}
				release()
			})
		})
	}
}

// A deadline that comes before the turn does is the request's end.
func TestDeadlineWhileWaiting(t *testing.T) {
	for _, test := range []struct {
		pattern string
		held    int
		config  Config
	}{
		{"workerpool in the queue", 2, Config{Workers: 2, QueueSize: 3}},
		{"workerpool before the queue", 5, Config{Workers: 2, QueueSize: 3, Patience: time.Hour}},
		{"semaphore for a slot", 2, Config{Workers: 2, QueueSize: 3}},
		{"semaphore for room", 5, Config{Workers: 2, QueueSize: 3, Patience: time.Hour}},
		{"adaptive", 2, Config{Workers: 2, QueueSize: 3, Patience: time.Hour}},
		{"ratelimit", 0, Config{RateLimit: 0.001, RateBurst: 1, Patience: time.Hour}},
	} {
		t.Run(test.pattern, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				name, _, _ := strings.Cut(test.pattern, " ")
				spec, _ := Find(name)
				p := spec.New(test.config)
				release := holding(t, p, test.held)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				w := &work{}
				j := job(w)
				if name == "ratelimit" { // takes the only token
					if err := p.Do(ctx, j); err != nil {
						t.Fatal(err)
					}
					w.runs.Store(0)
				}
				err := p.Do(ctx, j)
				var refusal *Refusal
				// A token that comes after the deadline is refused at once: waiting cannot help.
				if name == "ratelimit" {
					if !errors.As(err, &refusal) {
						t.Errorf("got %v, want a refusal", err)
					}
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v, want the deadline's error", err)
				}
				release()
				p.Close()
				if w.runs.Load() != 0 {
					t.Error("the work ran all the same")
				}
			})
		})
	}
}

// The bucket refills at its rate, and a refusal says when it will have a token.
func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newRateLimit(Config{RateLimit: 10, RateBurst: 3})
		w := &work{}
		admit := func(n int) (admitted int, last error) {
			for range n {
				if last = p.Do(t.Context(), job(w)); last == nil {
					admitted++
				}
			}
			return admitted, last
		}
		admitted, err := admit(5)
		var refusal *Refusal
		if admitted != 3 || !errors.As(err, &refusal) || refusal.Status != http.StatusTooManyRequests {
			t.Fatalf("admitted %d of the burst, then %v", admitted, err)
		}
		if refusal.RetryAfter != 100*time.Millisecond {
			t.Errorf("retry after %v, want 100ms", refusal.RetryAfter)
		}
		time.Sleep(refusal.RetryAfter) // of the bubble's clock: exact
		if admitted, _ = admit(5); admitted != 1 {
			t.Errorf("admitted %d after one token's time", admitted)
		}
		time.Sleep(time.Hour)
		if admitted, _ = admit(10); admitted != 3 {
			t.Errorf("admitted %d after an hour, want the burst", admitted)
		}
	})
}

func TestRateLimitWaitsWithinItsPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newRateLimit(Config{RateLimit: 10, RateBurst: 1, Patience: 250 * time.Millisecond})
		w := &work{}
		began := time.Now()
		var admitted atomic.Int64
		var clients sync.WaitGroup
		for range 10 {
			clients.Go(func() {
				if p.Do(t.Context(), job(w)) == nil {
					admitted.Add(1)
				}
			})
		}
		clients.Wait()
		// One token is there; two more come within 250 ms.
		if admitted.Load() != 3 || time.Since(began) != 200*time.Millisecond {
			t.Errorf("admitted %d within %v, want 3 within 200ms", admitted.Load(), time.Since(began))
		}
	})
}

// A request's context is reset as soon as the request is refused; nothing of the
// wait may look at it afterwards.
func TestRateLimitForgetsTheContext(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // what was begun runs after the reset
	p := newRateLimit(Config{RateLimit: 0.001, RateBurst: 1, Patience: time.Millisecond})
	w := &work{}
	refused := 0
	for range 100 {
		var ctx deadline.Context
		ctx.Start(t.Context(), time.Now().Add(time.Minute))
		if p.Do(&ctx, job(w)) != nil {
			refused++
		}
		ctx.Reset()
		runtime.Gosched()
	}
	if refused != 99 {
		t.Errorf("%d refused, want 99", refused)
	}
}

// The limit rises while latency stays flat and falls when latency grows with
// the number of requests.
func TestAdaptiveFollowsLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newAdaptive(Config{Workers: 10, QueueSize: 190, Patience: time.Second})
		running := atomic.Int64{}
		load := func(seconds int, latency func(running int64) time.Duration) {
			end := time.Now().Add(time.Duration(seconds) * time.Second)
			var clients sync.WaitGroup
			for range 100 {
				clients.Go(func() {
					for time.Now().Before(end) {
						// A refusal waited a second already: it needs no pause.
						_ = p.Do(t.Context(), job(&work{do: func() {
							n := running.Add(1)
							defer running.Add(-1)
							time.Sleep(latency(n))
						}}))
					}
				})
			}
			clients.Wait()
		}
		load(30, func(int64) time.Duration { return 20 * time.Millisecond })
		risen := p.Load().Limit
		if risen <= 10 || risen > 200 {
			t.Errorf("limit %d after flat latency, want above the start 10 and at most 200", risen)
		}
		load(60, func(n int64) time.Duration { return 20*time.Millisecond + time.Duration(n*n)*time.Millisecond })
		if fallen := p.Load().Limit; fallen >= risen {
			t.Errorf("limit %d after latency grew with load, want below %d", fallen, risen)
		}
	})
}

func TestZeroQueueNeedsAFreeWorker(t *testing.T) {
	for _, name := range []string{"workerpool", "semaphore"} {
		t.Run("pattern="+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				spec, _ := Find(name)
				p := spec.New(Config{Workers: 1})
				defer p.Close()
				synctest.Wait() // the worker waits for work
				release := holding(t, p, 1)
				if err := p.Do(t.Context(), job(&work{})); !errors.Is(err, errFull) {
					t.Errorf("got %v, want a refusal", err)
				}
				release()
			})
		})
	}
}

// BenchmarkHandOff is what a pattern adds to work that does nothing.
func BenchmarkHandOff(b *testing.B) {
	for _, spec := range Table() {
		b.Run("pattern="+spec.Name, func(b *testing.B) {
			p := spec.New(Config{Workers: 20, QueueSize: 100, RateLimit: 1e9, RateBurst: 1e6})
			defer p.Close()
			j := job(&work{})
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Do(b.Context(), j); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
