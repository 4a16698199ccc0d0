package self

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// TestMain lets the test binary be what the harness is: server and load.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		var err error
		switch os.Args[1] {
		case knownanswer.ServeCommand:
			err = knownanswer.Serve(context.Background(), os.Args[2:])
		case LoadCommand:
			err = Load(context.Background(), os.Args[2], func(host.Placement) error { return nil }, os.Stdout)
		default:
			os.Exit(m.Run())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestLoadRunsInAChild(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &Bench{Servers: knownanswer.Place{Executable: exe}}
	s, err := knownanswer.Start(t.Context(), b.Servers, knownanswer.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	for _, c := range []struct {
		load load
		want uint64
	}{
		{load{Connections: 3, Requests: 500}, 500},
		{load{Connections: 3, Rate: 500, Duration: 200 * time.Millisecond}, 100},
	} {
		before, err := s.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.load.URL = s.URL
		l, u, err := b.run(t.Context(), c.load)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if sent := l.Result.Sent; sent != c.want || after-before != c.want || u.cpu <= 0 {
			t.Errorf("%+v: sent %d, arrived %d, used %+v", c.load, sent, after-before, u)
		}
	}
	// The last of them was sent on a schedule that the server can check.
	late, err := s.Lateness(t.Context(), 500)
	if err != nil || len(late) == 0 || quantile(late, 1) != 0 {
		t.Errorf("lateness %v (%v)", late, err)
	}
	if _, _, err := b.run(t.Context(), load{URL: "http://127.0.0.1:1", Connections: 1, Requests: 1}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a failed child: %v", err)
	}
}

func TestTable(t *testing.T) {
	var f Figures
	var r knownanswer.Result
	if err := json.Unmarshal([]byte(`{"name":"stall x","ok":true,"quantiles":[
		{"name":"p50","reported_seconds":0.00005,"stamped_seconds":0.00004,"planned_seconds":0},
		{"name":"p95","reported_seconds":0.168,"planned_seconds":0.16,"stamped_error_ratio":0.001},
		{"name":"p99","reported_seconds":0.434,"planned_seconds":0.4,"stamped_error_ratio":-0.002},
		{"name":"p99.9","reported_seconds":0.493,"planned_seconds":0.49,"stamped_error_ratio":0.003}]}`), &r); err != nil {
		t.Fatal(err)
	}
	f.common = costs{
		ours: []float64{10e-6, 20e-6, 12e-6}, vegeta: []float64{40e-6, 40e-6, 60e-6},
		report: []float64{10e-6, 10e-6, 20e-6}, wrk: []float64{5e-6, 10e-6, 5e-6},
	}
	f.fastest = f.common
	for i := range paces {
		f.lagP50[i], f.lagP99[i] = []float64{20e-6}, []float64{400e-6}
	}
	v := new(vegetaReport)
	v.Latencies.P99 = 460e6
	f.stall, f.vegetaStall = []*knownanswer.Result{&r}, []*vegetaReport{v}
	f.pairs, f.shapes = [][]*knownanswer.Result{{&r}}, []*knownanswer.Result{{Name: "odd", Faults: []string{"why"}}}
	f.memory = [2][]float64{{20e6}, {30e6}}
	f.sent, f.wanted = 7, 7
	var b bytes.Buffer
	if err := f.Print(&b); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"vegeta attack ":     "0.25 × (0.20 … 0.50)",
		"attack and report":  "0.20 × (0.15 … 0.40)",
		"against wrk ":       "missed",
		"lag at 1000/s":      "missed",
		"p50 of arithmetic":  "+0.050 ms",
		"p95 of arithmetic":  "met",
		"p99 of arithmetic":  "+15.00 %",
		"server's stamps":    "+0.10, -0.20, +0.30 %",
		"stall x, p95":       "+0.10, -0.20, +0.30 %",
		"odd ":               "flagged: why",
		"memory":             "1.50 × (30.0 MB, 20.0 MB)",
		"sent = scheduled":   "7 of 7",
		"Medians of 1 inter": "",
	} {
		found := false
		for l := range strings.Lines(b.String()) {
			found = found || strings.Contains(l, line) && strings.Contains(l, want)
		}
		if !found {
			t.Errorf("no line with %q and %q in\n%s", line, want, b.String())
		}
	}
}

func TestMedianAndQuantile(t *testing.T) {
	if !math.IsNaN(median(nil)) || !math.IsNaN(quantile(nil, 500)) {
		t.Error("there is a middle of nothing")
	}
	v := []float64{4, 1, 3, 2}
	if m := median(v); m != 2.5 || v[0] != 4 {
		t.Errorf("median %v, %v", m, v)
	}
	if q := quantile(v, 500); q != 2 {
		t.Errorf("p50 %v", q)
	}
	if q := quantile(v, 990); q != 4 {
		t.Errorf("p99 %v", q)
	}
}
