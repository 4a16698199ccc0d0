package attack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// Two lanes keep the ledger that one keeps: the same requests at the same moments,
// the same counts and tags.
func TestTwoLanesAreAsOne(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch k := r.FormValue("k"); {
		case strings.HasSuffix(k, "3"):
			w.WriteHeader(http.StatusTooManyRequests)
		case strings.HasSuffix(k, "7"):
			w.Header().Set("Server-Timing", "queue;dur=1")
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Header().Set("Server-Timing", "store;dur=2, queue;dur=3")
		}
	}))
	defer srv.Close()
	type seen struct {
		res   *results.StreamResult
		log   map[string]int64
		lines map[uint64]time.Duration
	}
	load := func(lanes int, cfg Config) seen {
		ls, err := NewLanes(lanes)
		if err != nil {
			t.Fatal(err)
		}
		defer ls.Close()
		s := seen{lines: map[uint64]time.Duration{}}
		var mu sync.Mutex
		cfg.URL, cfg.Lanes, cfg.Timeout, cfg.Warmup = srv.URL, ls, time.Minute, 300*time.Millisecond
		cfg.Observe = func(l Line) {
			mu.Lock()
			defer mu.Unlock()
			if _, twice := s.lines[l.Seq]; twice || l.Dispatch < l.Intended || l.FirstWrite < l.Dispatch || l.LastByte < l.FirstWrite {
				t.Errorf("%d lanes: line %+v", lanes, l)
			}
			if s.lines[l.Seq] = l.Intended; cfg.Schedule == nil {
				s.lines[l.Seq] = 0
			}
		}
		s.res, s.log = runAt(t, cfg)
		return s
	}
	poisson := func() *schedule.Schedule {
		s, err := schedule.New([]schedule.Stage{{Rate: 500, To: 1500, Duration: 1300 * time.Millisecond}}, schedule.Poisson, 7)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	none := time.Duration(0)
	for name, cfg := range map[string]func() Config{
		"open":   func() Config { return Config{Schedule: poisson(), Duration: time.Second, Connections: 9} },
		"closed": func() Config { return Config{Clients: 5, Requests: 400, Connections: 5, Backoff: &none} },
	} {
		one, two := load(1, cfg()), load(2, cfg())
		if name == "closed" {
			// How many come before the window is a matter of speed.
			for _, s := range []seen{one, two} {
				maps.DeleteFunc(s.log, func(tag string, _ int64) bool { return true })
				s.res.Sent, s.res.Planned = 0, 0
				clear(s.lines)
				s.res.Statuses, s.res.Outcomes = nil, results.Outcomes{OK: s.res.Outcomes.Total()}
			}
		}
		if !maps.Equal(one.lines, two.lines) || !maps.Equal(one.log, two.log) || !maps.Equal(one.res.Statuses, two.res.Statuses) ||
			one.res.Outcomes != two.res.Outcomes || one.res.Sent != two.res.Sent || two.res.Sent != two.res.Planned ||
			one.res.Scheduled != two.res.Scheduled || one.res.Recorded != two.res.Recorded {
			t.Errorf("%s: one lane: %+v, log %v\ntwo lanes: %+v, log %v", name, one.res, one.log, two.res, two.log)
		}
	}
}

// Streams that run at once share the lanes, and each ends when its own load does.
func TestStreamsShareLanes(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	ls, err := NewLanes(2)
	if err != nil {
		t.Fatal(err)
	}
	defer ls.Close()
	var all sync.WaitGroup
	for i := range 3 {
		cfg := Config{URL: srv.URL, Lanes: ls, Timeout: time.Minute, Connections: 4, Request: get}
		want := uint64(100 * (i + 1))
		if i == 1 {
			cfg.Schedule, cfg.Duration = constant(t, 1000, 200*time.Millisecond), 200*time.Millisecond
		} else {
			cfg.Clients, cfg.Requests = 1+i, want
		}
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			res, err := a.Run(t.Context())
			if err != nil || res.Outcomes.OK != want {
				t.Errorf("stream %d: %+v, %v, want %d", i, res, err, want)
			}
		})
	}
	all.Wait()
}

// A load ends by its deadline plus the time-out, in bounded memory, whatever is
// offered to a server that never answers, and every request is accounted for.
func TestOverloadEndsInTime(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	const d = 500 * time.Millisecond
	held := func(rate float64) uint64 {
		// Memory is read when the first request ends. All others are due by then, and
		// wait.
		var waiting runtime.MemStats
		first := sync.OnceFunc(func() { live(&waiting) })
		res, _ := runAt(t, Config{
			URL: srv.URL, Schedule: constant(t, rate, d), Duration: d, Timeout: 2 * d, Connections: 4,
			Observe: func(Line) { first() },
		})
		var after runtime.MemStats
		live(&after)
		want := uint64(rate * d.Seconds())
		if res.Sent != want || res.Planned != want || res.Outcomes.Timeout != want {
			t.Errorf("sent %d of %d, outcomes %+v, want %d time-outs", res.Sent, res.Planned, res.Outcomes, want)
		}
		if n := res.Errors["timed out waiting for a connection"]; n == 0 || n+res.Errors["timed out"] != want {
			t.Errorf("failures %v: there should be two kinds", res.Errors)
		}
		return max(waiting.HeapAlloc, after.HeapAlloc)
	}
	few, many := held(40_000), held(400_000)
	// What grows are the counts by second, which have more values the more requests
	// there are. To keep a request would take some 200 bytes.
	if grown := float64(many) - float64(few); grown > 32*180_000 {
		t.Errorf("%d bytes were held for 20,000 requests, and %d for 200,000", few, many)
	}
}

// live reads how much memory is in use after a collection.
func live(m *runtime.MemStats) {
	runtime.GC()
	runtime.ReadMemStats(m)
}

// A request in a lane costs no memory.
func TestLaneAllocatesNothing(t *testing.T) {
	url := serveRaw(t, func(int, int) (string, bool) {
		return "HTTP/1.1 200 OK\r\nServer-Timing: queue;dur=1.5\r\nContent-Length: 2\r\n\r\nok", false
	})
	// What does not depend on the number of requests is the same in both loads; the
	// server allocates too, in this process, and is measured with a client of its own.
	short, long := allocations(t, Config{URL: url}, 500), allocations(t, Config{URL: url}, 5500)
	perRequest := float64(long-short) / 5000
	dial := func() (net.Conn, error) { return net.Dial("tcp", strings.TrimPrefix(url, "http://")) }
	if base := plainAllocations(t, dial, 5000); perRequest > base+0.05 {
		t.Errorf("%.3f allocations a request, of which the server makes %.3f", perRequest, base)
	}
}

// allocations is how many a load of so many requests makes.
func allocations(t *testing.T, cfg Config, requests uint64) uint64 {
	t.Helper()
	cfg.Clients, cfg.Requests, cfg.Timeout, cfg.Connections, cfg.Request = 1, requests, time.Minute, 1, get
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// plainAllocations is how many a request makes that is sent without a lane.
func plainAllocations(t *testing.T, dial func() (net.Conn, error), n int) float64 {
	t.Helper()
	nc, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	request := []byte("GET /item?k=12345 HTTP/1.1\r\nHost: 127.0.0.1:12345\r\nUser-Agent: assay\r\nX-Vegeta-Seq: 12345\r\n\r\n")
	buffer := make([]byte, 4096)
	exchange := func() {
		if _, err := nc.Write(request); err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Read(buffer); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		exchange()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		exchange()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n)
}

// How long answers wait for the generator is kept for every request that has one,
// and in no response time.
func TestHandlingIsKept(t *testing.T) {
	res, log := run(t, Config{Schedule: constant(t, 200, 500*time.Millisecond), Duration: 500 * time.Millisecond, Timeout: time.Minute, Connections: 4},
		func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("k") == "7" {
				w.WriteHeader(http.StatusTooManyRequests)
			}
		})
	if log["handling.ok"] != 99 || log["handling.rejected"] != 1 || res.Part(results.PartHandling, OK).At(0.99) == nil {
		t.Errorf("log %v", log)
	}
}

// Every request has a connection of its own where it is asked for, the time that this
// takes is a part of its ledger, and the server is told.
func TestNoReuse(t *testing.T) {
	var mu sync.Mutex
	closes := 0
	res, log := run(t, Config{Clients: 3, Requests: 30, Timeout: time.Minute, Connections: 3, NoReuse: true},
		func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Close {
				closes++
			}
		})
	if res.Outcomes.OK != 30 || res.Connections != 30 || res.Redials != 0 || closes != 30 {
		t.Errorf("%+v, %d were told to close", res, closes)
	}
	if log["dial.ok"] != 30 || log["handshake.ok"] != 0 {
		t.Errorf("log %v", log)
	}
	dial, wait := res.Part(results.PartDial, OK).At(0.50), res.Part(results.PartConnWait, OK).At(0.50)
	if dial == nil || wait == nil || *wait < *dial {
		t.Errorf("to dial took %v, and the wait for a connection %v", dial, wait)
	}
}

// The seconds of the window, and no others, have a lag; and the lanes tell how busy
// they were.
func TestGeneratorTellsOfItself(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	a, err := New(Config{URL: srv.URL, Schedule: constant(t, 200, 2500*time.Millisecond), Warmup: 500 * time.Millisecond, Duration: 2 * time.Second,
		Timeout: time.Minute, Connections: 4, Request: get})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	g := a.Generator()
	var starts []time.Duration
	for _, l := range g.Lags {
		starts = append(starts, l.Start)
	}
	if want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}; !slices.Equal(starts, want) {
		t.Errorf("seconds at %v, want %v", starts, want)
	}
	if g.Lanes != 1 || len(g.Busy) != 1 || len(g.Busy[0]) < 2 || g.LagP99 == nil || g.HandlingP99 == nil || g.ResponseP99 == nil {
		t.Errorf("%+v", g)
	}
	for _, share := range g.Busy[0] {
		if share < 0 || share > 1 {
			t.Errorf("busy %s", fmt.Sprint(g.Busy))
		}
	}
}

// The collector, which has to stop every goroutine, does not wait for a lane to wake.
func TestCollectorDoesNotWait(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	a, err := New(Config{URL: srv.URL, Schedule: constant(t, 1, time.Hour), Duration: time.Hour, Timeout: time.Minute, Connections: 1, Request: get})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := a.Run(ctx)
		ended <- err
	}()
	<-a.Begun()
	for range 20 {
		runtime.GC()
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// A load that is broken off while it opens connections leaves none of them, and
// nobody who dials.
func TestStoppingWhileConnectionsAreOpened(t *testing.T) {
	entered := make(chan struct{}, 1000)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case entered <- struct{}{}:
		default:
		}
	}))
	defer srv.Close()
	for range 20 {
		a, err := New(Config{URL: srv.URL, Clients: 8, Duration: time.Hour, Timeout: time.Hour, Connections: 8, Request: get, NoReuse: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-entered
			cancel()
		}()
		if _, err := a.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
	}
}
