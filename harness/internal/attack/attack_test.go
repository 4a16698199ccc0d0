package attack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func constant(t *testing.T, rate float64, d time.Duration) *schedule.Schedule {
	t.Helper()
	s, err := schedule.New([]schedule.Stage{schedule.Flat(rate, d)}, schedule.Constant, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(m *Message, k uint64) {
	m.Method = http.MethodGet
	m.Path = append(m.Path[:0], "/item?k="...)
	m.Path = strconv.AppendUint(m.Path, k, 10)
}

// run attacks a handler and returns the result and the intervals of the log.
func run(t *testing.T, cfg Config, h http.HandlerFunc) (*results.StreamResult, map[string]int64) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	cfg.URL = srv.URL
	return runAt(t, cfg)
}

func runAt(t *testing.T, cfg Config) (*results.StreamResult, map[string]int64) {
	t.Helper()
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log = w
	if cfg.Request == nil {
		cfg.Request = get
	}
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	res, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	if err := results.ReadLog(&log, func(in results.Interval) error {
		counts[in.Tag] += in.Hist.TotalCount()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return res, counts
}

func TestOpenLoadSendsWhatIsScheduled(t *testing.T) {
	for _, std := range []bool{false, true} {
		t.Run(fmt.Sprintf("standard=%v", std), func(t *testing.T) {
			var mu sync.Mutex
			seen := map[string]int{}
			res, log := run(t, Config{
				Name: "s", Schedule: constant(t, 500, 1500*time.Millisecond), Warmup: 500 * time.Millisecond,
				Duration: time.Second, Timeout: time.Minute, Connections: 8, Standard: std, SLO: time.Minute,
			}, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				seen[r.FormValue("k")]++
				mu.Unlock()
				if r.Header.Get("X-Vegeta-Attack") != "s" || r.Header.Get("X-Vegeta-Seq") != r.FormValue("k") {
					t.Errorf("request %s came with %v", r.FormValue("k"), r.Header)
				}
				w.Header().Set("Server-Timing", "queue;dur=0.5, store;desc=x;dur=2")
				io.WriteString(w, "hello")
			})
			if len(seen) != 750 {
				t.Errorf("%d different requests arrived, want 750", len(seen))
			}
			if res.Sent != 750 || res.Planned != 750 || res.Scheduled != 500 || res.Recorded != 500 || res.Outcomes.OK != 500 {
				t.Errorf("sent %d of %d, scheduled %d, recorded %d, ok %d", res.Sent, res.Planned, res.Scheduled, res.Recorded, res.Outcomes.OK)
			}
			if res.LagMin < 0 {
				t.Errorf("a request was sent %v s before it was meant to be", -res.LagMin)
			}
			if res.WithinSLO == nil || res.WithinSLO.Count != 500 || res.BytesIn != 2500 || res.Statuses["200"] != 500 {
				t.Errorf("within %v, %d bytes, statuses %v", res.WithinSLO, res.BytesIn, res.Statuses)
			}
			for _, tag := range []string{"response.ok", "service.ok", "lag.ok", "conn-wait.ok", "queue.ok", "store.ok"} {
				if log[tag] != 500 || log["warmup."+tag] != 250 {
					t.Errorf("%s: %d in the window and %d before, want 500 and 250", tag, log[tag], log["warmup."+tag])
				}
			}
			if q := res.Parts["store.ok"].At(0.50); q == nil || *q < 1.99e6 || *q > 2.01e6 {
				t.Errorf("store phase p50 %v ns, want 2 ms", q)
			}
		})
	}
}

func TestClosedLoadByCount(t *testing.T) {
	var inFlight, most atomic.Int64
	// 500 requests among 7 clients: the shares are 71 and 72.
	res, log := run(t, Config{
		Clients: 7, Requests: 500, Timeout: time.Minute, Connections: 7,
	}, func(w http.ResponseWriter, r *http.Request) {
		n := inFlight.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		inFlight.Add(-1)
	})
	if res.Recorded != 500 || res.Outcomes.OK != 500 || res.Sent != 500 {
		t.Errorf("recorded %d, ok %d, sent %d, want 500", res.Recorded, res.Outcomes.OK, res.Sent)
	}
	if most.Load() > 7 {
		t.Errorf("%d requests at once from 7 clients", most.Load())
	}
	if log["service.ok"] != 500 || log["response.ok"] != 0 || log["lag.ok"] != 0 {
		t.Errorf("log %v: want service times alone", log)
	}
	if res.Window <= 0 || res.Throughput <= 0 || res.Connections != 7 {
		t.Errorf("window %v, throughput %v, connections %d", res.Window, res.Throughput, res.Connections)
	}
}

// A client that gets slow answers still has its whole share to send, so the load
// lasts as long as its slowest client.
func TestSharesAreNotPassedOn(t *testing.T) {
	c := &Config{Clients: 3, Requests: 7}
	if shares := []uint64{c.share(0), c.share(1), c.share(2)}; fmt.Sprint(shares) != "[3 2 2]" {
		t.Errorf("shares %v, want 3, 2 and 2", shares)
	}

	others := make(chan struct{}, 4)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vegeta-Seq") != "0" {
			others <- struct{}{}
			return
		}
		for range 2 { // all that the other client has
			<-others
		}
	}))
	defer srv.Close()
	var mu sync.Mutex
	lines := map[uint64]Line{}
	res, _ := runAt(t, Config{
		URL: srv.URL, Clients: 2, Requests: 4, Timeout: time.Minute, Connections: 2,
		Observe: func(l Line) {
			mu.Lock()
			defer mu.Unlock()
			lines[l.Seq] = l
		},
	})
	if res.Outcomes.OK != 4 || len(lines) != 4 {
		t.Fatalf("outcomes %+v, %d lines, want 4 requests answered", res.Outcomes, len(lines))
	}
	if slow, last := lines[0], lines[3]; last.Dispatch < slow.LastByte {
		t.Errorf("the last request left at %v, before the slow client got its answer at %v", last.Dispatch, slow.LastByte)
	}
}

func TestClosedLoadByDurationBacksOff(t *testing.T) {
	backoff := 100 * time.Millisecond
	var arrived atomic.Int64
	res, _ := run(t, Config{
		Clients: 5, Warmup: 200 * time.Millisecond, Duration: time.Second, Backoff: &backoff,
		Timeout: time.Minute, Connections: 5,
	}, func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if res.Outcomes.Rejected != res.Recorded || res.Recorded == 0 {
		t.Errorf("outcomes %+v of %d: want refusals alone", res.Outcomes, res.Recorded)
	}
	// Each client can send at most once per backoff, and once at the start.
	if most := int64(5 * (12 + 1)); arrived.Load() > most {
		t.Errorf("%d requests in 1.2 s from 5 clients with a backoff of 100 ms, want at most %d", arrived.Load(), most)
	}
	if res.Headline.Count != 0 || res.Headline.At(0.50) != nil {
		t.Errorf("refusals are in the headline: %+v", res.Headline)
	}
}

// A client that is asked to come back in a day does not come back in this load.
func TestLongRetryAfterIsKept(t *testing.T) {
	for _, std := range []bool{false, true} {
		var arrived atomic.Int64
		res, _ := run(t, Config{Clients: 5, Duration: 500 * time.Millisecond, Timeout: time.Minute, Connections: 5, Standard: std},
			func(w http.ResponseWriter, r *http.Request) {
				arrived.Add(1)
				w.Header().Set("Retry-After", "86400")
				w.WriteHeader(http.StatusServiceUnavailable)
			})
		if res.Outcomes.Rejected != 5 || arrived.Load() != 5 {
			t.Errorf("standard=%v: %d requests, outcomes %+v, want one refusal for each of 5 clients", std, arrived.Load(), res.Outcomes)
		}
	}
}

// Both transports send the headers that the targets have, and no type of a body
// that none of them names.
func TestNoContentTypeIsMadeUp(t *testing.T) {
	for _, std := range []bool{false, true} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			var mu sync.Mutex
			seen := map[string]string{} // by body, of what type it is
			run(t, Config{
				Clients: 1, Requests: 4, Timeout: time.Minute, Connections: 1, Standard: std,
				Request: func(m *Message, k uint64) {
					get(m, k)
					m.Method = method
					m.Header, m.Body = nil, nil
					switch k {
					case 1:
						m.Body = []byte("plain")
					case 2:
						m.Header = []Header{{Name: "Content-Type", Value: "text/css"}}
						m.Body = []byte("typed")
					case 3:
						m.Body = []byte("again")
					}
				},
			}, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				seen[string(body)] = strings.Join(r.Header.Values("Content-Type"), ", ")
			})
			want := map[string]string{"": "", "plain": "", "typed": "text/css", "again": ""}
			if !maps.Equal(seen, want) {
				t.Errorf("standard=%v, %s: types by body %q, want %q", std, method, seen, want)
			}
		}
	}
}

func TestTimeOutsAreInTheHeadlineAtInfinity(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("k") == "0" {
			<-release
		}
	}))
	defer srv.Close()
	defer close(release)
	res, _ := runAt(t, Config{
		URL: srv.URL, Schedule: constant(t, 100, time.Second), Duration: time.Second,
		// More than an answer takes on any machine; the one that hangs takes as long.
		Timeout: 5 * time.Second, Connections: 4,
	})
	h := res.Headline
	if res.Outcomes.Timeout != 1 || h.Count != 100 || h.Timeouts != 1 || res.Errors["timed out"] != 1 {
		t.Fatalf("outcomes %+v, headline %+v, failures %v", res.Outcomes, h, res.Errors)
	}
	if h.At(0.99) == nil || h.At(0.999) != nil || h.Max != nil || h.Mean != nil {
		t.Errorf("p99 %v, p99.9 %v, max %v, mean %v: want the last three among the time-outs", h.At(0.99), h.At(0.999), h.Max, h.Mean)
	}
}

func TestStoppingBreaksOffWhatIsUnderWay(t *testing.T) {
	entered := make(chan struct{}, 100)
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-release
	}))
	defer srv.Close()
	defer close(release)
	for _, std := range []bool{false, true} {
		a, err := New(Config{URL: srv.URL, Clients: 2, Duration: time.Hour, Timeout: time.Hour, Connections: 2, Request: get, Standard: std})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-entered
			cancel()
		}()
		if _, err := a.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("standard=%v: error %v, want that of the context", std, err)
		}
	}
}
