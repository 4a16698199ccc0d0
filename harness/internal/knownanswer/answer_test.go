package knownanswer

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// TestMain lets the test binary be the child, as the harness is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ServeCommand {
		fmt.Fprintln(os.Stderr, Serve(context.Background(), os.Args[2:]))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func here(t *testing.T) Place {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Place{Executable: exe}
}

func TestServerDoesAsItIsTold(t *testing.T) {
	const ms = time.Millisecond
	for _, s := range []Shape{
		{Name: "at once", Rate: 500, Duration: 300 * ms, Timeout: timeout, Connections: 5},
		{Name: "stall", Server: stalls(100*ms, 300*ms), Rate: 300, Duration: 600 * ms, Timeout: timeout, Connections: 50},
		{Name: "delay", Server: Behaviour{Delay: 20 * ms, Spread: 0.5}, Rate: 300, Arrivals: schedule.Poisson, Duration: 500 * ms, Timeout: timeout, Connections: 50},
	} {
		t.Run(s.Name, func(t *testing.T) {
			c, err := Start(t.Context(), here(t), s.Server)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Stop()
			o, err := c.observe(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			all, impossible := o.join()
			if impossible > 0 || uint64(len(all)) != o.reported.Scheduled || len(o.stamps) != int(o.reported.Sent) {
				t.Fatalf("%d impossible, %d joined of %d, %d stamps for %d", impossible, len(all), o.reported.Scheduled, len(o.stamps), o.reported.Sent)
			}
			for _, r := range all {
				// The stamps of both processes are on one clock: an answer
				// is never written before its time, nor read before that.
				if r.stamped < r.planned || r.reported < r.stamped {
					t.Fatalf("planned %v, stamped %v, reported %v", r.planned, r.stamped, r.reported)
				}
				if sum := r.planned + r.generator + r.connection + r.server; sum != r.reported {
					t.Fatalf("the parts add up to %v of %v", sum, r.reported)
				}
			}
			if n, err := c.Count(t.Context()); err != nil || n != o.reported.Sent {
				t.Errorf("the server counted %d of %d (%v)", n, o.reported.Sent, err)
			}
			if again, _, err := c.stamps(t.Context()); err != nil || len(again) != 0 {
				t.Errorf("%d stamps are given twice (%v)", len(again), err)
			}
		})
	}
}

func TestCrossedTimeoutsAreCounted(t *testing.T) {
	res, err := Run(t.Context(), here(t), Shape{
		Name: "time-out", Server: Behaviour{Delay: time.Minute}, Rate: 100, Duration: 200 * time.Millisecond,
		Timeout: 50 * time.Millisecond, Connections: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Timeouts{20, 20, 20}); res.Timeouts != want || !res.OK {
		t.Errorf("%+v", res)
	}
	if why := res.Lost(); why != "20 requests were not answered" {
		t.Errorf("lost: %q", why)
	}
	for _, q := range res.Quantiles {
		if q.Reported != nil || q.Stamped != nil || q.Planned != nil {
			t.Errorf("%s is finite: %+v", q.Name, q)
		}
	}
}

// What pacing is judged by is that of all requests, or of none that counts.
func TestLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*observation)
		broken bool
	}{
		{"nothing", func(*observation) {}, false},
		{"a request that the server never saw", func(o *observation) { delete(o.stamps, o.lines[len(o.lines)-1].Seq) }, true},
		{"one that was not sent", func(o *observation) { o.reported.Planned++ }, true},
		{"one that is an error", func(o *observation) { o.reported.Outcomes.Error++ }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			child, err := Start(t.Context(), here(t), Behaviour{})
			if err != nil {
				t.Fatal(err)
			}
			defer child.Stop()
			o, err := child.observe(t.Context(), Shape{Name: "at once", Rate: 100, Duration: 200 * time.Millisecond, Timeout: timeout, Connections: 5, Tolerance: 1})
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(o.lines, func(a, b attack.Line) int { return cmp.Compare(a.Seq, b.Seq) }) // the last is in the window
			c.edit(o)
			if why := o.judge().Lost(); (why != "") != c.broken {
				t.Errorf("lost: %q", why)
			}
		})
	}
}

func TestStandardServerCounts(t *testing.T) {
	c, err := Start(t.Context(), here(t), Behaviour{Standard: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	for range 3 {
		if _, _, err := c.get(t.Context(), "/api"); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := c.Count(t.Context()); n != 3 || err != nil {
		t.Errorf("%d requests counted, want 3 (%v)", n, err)
	}
}

func TestStartSaysWhyAChildDoesNotServe(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := Start(ctx, Place{Executable: "/does/not/exist"}, Behaviour{}); err == nil || !strings.Contains(err.Error(), "cannot start") {
		t.Errorf("error %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := Serve(ended, []string{"127.0.0.1:0", "{}"}); err != context.Canceled {
		t.Errorf("a child that is to end says %v", err)
	}
	for _, args := range [][]string{nil, {"127.0.0.1:0", "{"}, {"nowhere", "{}"}} {
		if err := Serve(t.Context(), args); err == nil {
			t.Errorf("%q is served", args)
		}
	}
}

// The closed form of the stall's percentiles: 7.5 % of the requests wait
// uniformly up to half a second.
func TestPlannedTruthOfAStall(t *testing.T) {
	s := Stall(3)
	plan, err := s.schedule()
	if err != nil {
		t.Fatal(err)
	}
	var waits []float64
	for at, ok := plan.Next(); ok; at, ok = plan.Next() {
		if at >= warmup {
			waits = append(waits, s.Server.wait(int64(at), int64(s.Server.First), 0).Seconds())
		}
	}
	slices.Sort(waits)
	for p, want := range map[float64]float64{0.5: 0, 0.95: 0.1667, 0.99: 0.4333, 0.999: 0.4933} {
		if got := waits[int(p*float64(len(waits)))]; math.Abs(got-want) > 0.001 {
			t.Errorf("p%g is %.4f s, want %.4f", 100*p, got, want)
		}
	}
}

func TestRoomForAllRequests(t *testing.T) {
	for _, s := range append(Shapes(), Steady(20000, time.Second), Steady(3, time.Second)) {
		plan, err := s.schedule()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, more := plan.Next(); more; _, more = plan.Next() {
			n++
		}
		if most := s.most(); n > most || float64(most) > 1.2*float64(n)+20 {
			t.Errorf("%s: %d requests, room for %d", s.Name, n, most)
		}
	}
}

func TestWait(t *testing.T) {
	const ms = time.Millisecond
	b := Behaviour{Stall: 2 * ms, Every: 10 * ms}
	for _, c := range []struct {
		b        Behaviour
		at, want time.Duration
	}{
		{Behaviour{}, 5 * ms, 0},
		{b, 0, 2 * ms},
		{b, 1500 * time.Microsecond, 500 * time.Microsecond},
		{b, 2 * ms, 0},
		{b, 31 * ms, ms},
		{b, -ms, 0},
		{Behaviour{Stall: 2 * ms, Every: 10 * ms, Delay: 5 * ms}, 6 * ms, 6 * ms},
		{Behaviour{Delay: 5 * ms}, 6 * ms, 5 * ms},
	} {
		if got := c.b.wait(int64(c.at), 0, 0); got != c.want {
			t.Errorf("%+v at %v: %v, want %v", c.b, c.at, got, c.want)
		}
	}
}

func TestDelaysFollowTheirDistribution(t *testing.T) {
	b := Behaviour{Delay: time.Second, Spread: 0.5}
	var logs []float64
	for k := range uint64(20000) {
		logs = append(logs, math.Log(b.delay(k).Seconds()))
	}
	slices.Sort(logs)
	// Quantiles of the normal distribution with σ = 0.5.
	for p, want := range map[float64]float64{0.5: 0, 0.95: 0.8224, 0.05: -0.8224, 0.99: 1.1632} {
		if got := logs[int(p*float64(len(logs)))]; math.Abs(got-want) > 0.04 {
			t.Errorf("quantile %g of the logarithm is %.3f, want %.3f", p, got, want)
		}
	}
}

// made is an observation in which every part is chosen.
func made(s Shape, lag, wayBack, atServer time.Duration) *observation {
	o := &observation{shape: s, stamps: map[uint64]stamp{}, reported: &results.StreamResult{Parts: map[string]results.Quantiles{}}}
	h := results.NewHistogram()
	for k := range uint64(1000) {
		in := warmup + time.Duration(k)*time.Millisecond
		received := in + lag
		written := received + s.Server.delay(k) + atServer
		last := written + wayBack
		o.stamps[k] = stamp{k, int64(received), int64(written)}
		o.lines = append(o.lines, attack.Line{Seq: k, Intended: in, Dispatch: in + lag, FirstWrite: in + lag, LastByte: last})
		_ = h.RecordValue(int64(last - in))
	}
	r := o.reported
	r.Planned, r.Sent, r.Scheduled, r.Recorded = 1000, 1000, 1000, 1000
	r.Outcomes.OK = 1000
	r.Headline = results.Summarise(h, 0)
	return o
}

func TestJudge(t *testing.T) {
	const ms = time.Millisecond
	shape := Shape{Server: Behaviour{Delay: 100 * ms}, Timeout: time.Second, Tolerance: 0.01}
	for _, c := range []struct {
		name                   string
		lag, wayBack, atServer time.Duration
		want                   string // in the first fault; empty: none
	}{
		{"exact", 0, 0, 0, ""},
		{"within the tolerance", 0, 900 * time.Microsecond, 0, ""},
		{"reads late", 0, 2 * ms, 0, "p50: 102"},
		{"sends late", 3 * ms, 0, 0, "p50: generator and connections add 3.000 ms to 100.000 ms"},
		{"the server is slow", 0, 0, 20 * ms, ""},
	} {
		res := made(shape, c.lag, c.wayBack, c.atServer).judge()
		got := strings.Join(res.Faults, "; ")
		if res.OK != (c.want == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		q := res.Quantiles[2]
		for part, want := range map[*float64]time.Duration{&q.Generator: c.lag + c.wayBack, &q.Server: c.atServer} {
			// The lag is on the way to the server, and so with dispatch.
			if math.Abs(*part-want.Seconds()) > 1e-9 {
				t.Errorf("%s: a part is %v, want %v", c.name, *part, want)
			}
		}
	}
	if late := made(shape, 0, 2*ms, 0).judge(); late.broken {
		t.Error("a late percentile is taken for a lost request")
	}
	short := Shape{Server: Behaviour{Delay: ms}, Timeout: time.Second, Tolerance: 0.01}
	for wayBack, want := range map[time.Duration]float64{50 * time.Microsecond: 0, 400 * time.Microsecond: 0.0004} {
		if res := made(short, 0, wayBack, 0).judge(); math.Abs(res.Coarse-want) > 5e-6 || res.OK != (want == 0) {
			t.Errorf("%v on a short wait: %+v", wayBack, res)
		}
	}
	if late := made(shape, 0, 2*ms, 0).judge(); late.Coarse != 0 {
		t.Errorf("a late percentile of a long wait is only coarse: %+v", late)
	}
	lost := made(shape, 0, 0, 0)
	delete(lost.stamps, 7)
	lost.lines[9].Dispatch = 0
	if res := lost.judge(); res.OK || !res.broken || len(res.Faults) != 2 {
		t.Errorf("a lost request and one sent too early: %q", res.Faults)
	}
}

func TestMiddleOfThree(t *testing.T) {
	try := func(e, cpu float64, faults ...string) *Result {
		at := 0.1
		return &Result{OK: len(faults) == 0, Faults: faults, ServerCPU: cpu, Quantiles: []Quantile{{Stamped: &at, StampedError: &e}, {}}}
	}
	for _, c := range []struct {
		name string
		all  []*Result
		want float64 // error of the middle one
		cpu  float64
	}{
		{"one pause", []*Result{try(-0.5, 1, "first"), try(0.001, 1), try(0.004, 1)}, 0.004, 3},
		{"always wrong", []*Result{try(0.03, 1, "first"), try(0.02, 1, "again"), try(-0.05, 1, "again")}, 0.03, 3},
		{"mostly wrong", []*Result{try(0.03, 1, "first"), try(0.001, -1), try(0.02, 1, "again")}, 0.02, -1},
	} {
		r := middle(c.all)
		if *r.Quantiles[0].StampedError != c.want || r.ServerCPU != c.cpu || r.OK != (c.name == "one pause") || !slices.Equal(r.First, []string{"first"}) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	s := middle([]*Result{try(0.5, 1, "first"), try(0, 1), try(0, 1)}).summary()
	if want := "middle of three tries; first: first"; s.Detail != want || !s.OK {
		t.Errorf("kept as %+v, want %q", s, want)
	}
}
