package attack

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/results"
)

// toil writes a request as get does, and works for d before it: a generator that can
// make at most one request in d, on any machine.
func toil(d time.Duration) func(*Message, uint64) {
	return func(m *Message, k uint64) {
		for begin := time.Now(); time.Since(begin) < d; {
		}
		get(m, k)
	}
}

// Far more is offered than the generator can send. The server has to do with it only
// that it gets too little: there are so many connections that one is free even where the
// server, in this process, has to wait for its turn on a busy machine.
func TestGeneratorIsTheLimit(t *testing.T) {
	res, _ := run(t, Config{
		Schedule: constant(t, 2000, 2*time.Second), Duration: 2 * time.Second, Timeout: time.Minute, Connections: 500,
		Request: toil(time.Millisecond),
	}, func(http.ResponseWriter, *http.Request) {})
	if res.GeneratorLimited == "" || res.Saturated() != "" {
		t.Errorf("limited by the generator %q, saturated %q", res.GeneratorLimited, res.Saturated())
	}
	if res.Completed > res.Scheduled*2/3 || res.Sent != res.Planned {
		t.Errorf("%d of %d requests completed in the window, %d of %d were sent", res.Completed, res.Scheduled, res.Sent, res.Planned)
	}
	unmarked := *res
	if unmarked.GeneratorLimited = ""; unmarked.Saturated() == "" {
		t.Error("without the mark it would not be called saturated: the test shows nothing")
	}
	for _, busy := range res.LaneBusy {
		if busy <= 0 || busy > 1 {
			t.Errorf("a lane was busy for %v of the window", busy)
		}
	}
}

// Clients of a closed load are kept from sending by a generator that does too much for
// each of them.
func TestGeneratorIsTheLimitOfClients(t *testing.T) {
	if !haveLanes {
		t.Skip("clients that go request by request work for themselves")
	}
	res, _ := run(t, Config{
		Clients: 16, Requests: 400, Timeout: time.Minute, Connections: 16, Request: toil(time.Millisecond),
	}, func(http.ResponseWriter, *http.Request) {})
	if res.ClientsLost <= limitLostShare || res.ClientsLost > 1 || res.GeneratorLimited == "" {
		t.Errorf("clients lost %v of their time, limited %q", res.ClientsLost, res.GeneratorLimited)
	}
}

// A server is slow and the generator has time.
func TestServerIsTheLimit(t *testing.T) {
	res, _ := run(t, Config{
		Schedule: constant(t, 500, time.Second), Duration: time.Second, Timeout: time.Minute, Connections: 2,
	}, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) })
	if res.GeneratorLimited != "" || res.Saturated() == "" {
		t.Errorf("limited by the generator %q, saturated %q", res.GeneratorLimited, res.Saturated())
	}
}

// The server answers nothing of the warm-up before the window: what it works off then
// makes no rate higher than the one that was offered.
func TestBacklogDoesNotCount(t *testing.T) {
	const rate, warmup = 400, 500 * time.Millisecond
	const before = rate / 2 // requests of the warm-up
	opened := make(chan struct{})
	var once sync.Once
	res, _ := run(t, Config{
		Schedule: constant(t, rate, warmup+time.Second), Warmup: warmup, Duration: time.Second, Timeout: time.Minute, Connections: before + 100,
		Request: func(m *Message, k uint64) {
			get(m, k)
			if k >= before {
				m.Path = append(m.Path[:0], "/open"...)
			}
		},
	}, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/open" {
			once.Do(func() { close(opened) })
		}
		<-opened
	})
	if res.Backlog != before || *res.Answered < res.Completed {
		t.Errorf("a backlog of %d, want %d; %d answers in the window, %d of its own requests", res.Backlog, before, *res.Answered, res.Completed)
	}
	if res.Completed > res.Scheduled || res.Goodput > rate || res.Throughput > rate {
		t.Errorf("%d of %d completed, goodput %v/s, throughput %v/s: %d/s were offered", res.Completed, res.Scheduled, res.Goodput, res.Throughput, rate)
	}
	if res.Backlogged() == "" {
		t.Error("no word of the backlog")
	}
}

// Each metric has the generator's part in the requests at or above it.
func TestSharesOfMetrics(t *testing.T) {
	var sketch shareSketch
	h, lag := results.NewHistogram(), results.NewHistogram()
	for i := range 1000 {
		response, late := time.Millisecond, time.Duration(0)
		if i >= 985 {
			response, late = 100*time.Millisecond, 10*time.Millisecond
		}
		sketch.add(response, late)
		// Values that both histograms have room for.
		_, _ = h.RecordValue(int64(response)), lag.RecordValue(int64(late))
	}
	res := &results.StreamResult{Headline: results.Summarise(h, 0), Parts: map[string]results.Quantiles{"lag.ok": results.Summarise(lag, 0)}}
	got := shares(res, &sketch)
	for name, want := range map[string][2]float64{
		"p50": {0, 0}, "p95": {0, 0}, "p99": {0.09, 0.11}, "p99.9": {0.09, 0.11}, "max": {0.09, 0.11}, "mean": {0.05, 0.07},
	} {
		if v, ok := got[name]; !ok || v < want[0] || v > want[1] {
			t.Errorf("%s: %v, want %v", name, v, want)
		}
	}
	late := &results.StreamResult{Headline: results.Summarise(h, 100)}
	got = shares(late, &sketch)
	for _, name := range []string{"p99", "p99.9", "max", "mean"} {
		if v, ok := got[name]; ok {
			t.Errorf("the %s falls among time-outs, and has the share %v", name, v)
		}
	}
}

// A generator that is late although its lanes wait for most of every second was delayed by
// something else. One that is busy in any second of the window, or whose clients wait for
// it, was not.
func TestDelayedGenerator(t *testing.T) {
	late, slow := 2*time.Millisecond, 17*time.Millisecond
	for _, c := range []struct {
		name  string
		lanes int
		busy  [][]float64 // by lane and second; the first second is the warm-up
		lost  float64
		want  bool
	}{
		{"idle", 1, [][]float64{{1, 0.04, 0.06}}, 0, true},
		{"with servers on its CPUs", 1, [][]float64{{1, 0.04, 0.06}}, 0, false},
		{"busy in one second", 1, [][]float64{{0.1, 0.04, 0.6}}, 0, false},
		{"one of two lanes is busy", 2, [][]float64{{0.1, 0.04, 0.04}, {0.1, 0.97, 0.04}}, 0, false},
		{"never came to wait", 1, [][]float64{{0.1}}, 0, false},
		{"clients waited for it", 1, [][]float64{{0.1, 0.04, 0.06}}, 0.2, false},
		{"nobody knows", 0, nil, 0, false},
	} {
		g := Generator{apart: c.name != "with servers on its CPUs", Lanes: c.lanes, Busy: c.busy, LagP99: &late, ResponseP99: &slow, Lost: c.lost, warmup: time.Second, window: 2 * time.Second}
		var res results.StreamResult
		g.record(&res, g.warmup)
		if res.GeneratorLimited == "" || res.GeneratorDelayed != c.want || strings.Contains(res.GeneratorLimited, "kept it from running") != c.want {
			t.Errorf("%s: delayed %v, want %v: %s", c.name, res.GeneratorDelayed, c.want, res.GeneratorLimited)
		}
	}
	punctual := Generator{apart: true, Lanes: 1, Busy: [][]float64{{0, 0}}, window: 2 * time.Second}
	var res results.StreamResult
	if punctual.record(&res, 0); res.GeneratorDelayed || res.GeneratorLimited != "" {
		t.Errorf("a generator that was in time: %+v", res)
	}
}
