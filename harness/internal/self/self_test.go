package self

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
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

func here(t *testing.T) *Bench {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &Bench{Servers: knownanswer.Place{Executable: exe}, Rounds: 1, Progress: io.Discard, short: true}
}

func TestLoadRunsInAChild(t *testing.T) {
	b := here(t)
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
		if l.Result.Sent != c.want || l.Wanted != c.want || after-before != c.want || u.cpu <= 0 || l.Took <= 0 {
			t.Errorf("%+v: %+v sent, %d arrived, used %+v", c.load, l, after-before, u)
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

// vegetaProgram builds vegeta's own program.
func vegetaProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vegeta")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/tsenart/vegeta/v12").CombinedOutput(); err != nil {
		t.Fatalf("build vegeta: %v\n%s", err, out)
	}
	return path
}

// What targets and checks cost is measured without another program, and no answer is
// wrong.
func TestCostOfTargets(t *testing.T) {
	b := here(t)
	var f Figures
	if err := measureTargets(t.Context(), b, &f, 1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []cost{f.Targets[0].One, f.Targets[0].Named, f.Targets[0].Checked} {
		if c.CPU <= 0 {
			t.Errorf("cost %+v", f.Targets)
		}
	}
}

// What flows cost is measured in the same way, and no step fails.
func TestCostOfFlows(t *testing.T) {
	b := here(t)
	var f Figures
	if err := measureFlows(t.Context(), b, &f, 1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []cost{f.Flows[0].Targets, f.Flows[0].Flow, f.Flows[0].Extract} {
		if c.CPU <= 0 {
			t.Errorf("cost %+v", f.Flows)
		}
	}
}

// All of a measurement, with every program and nginx over TLS, on two sections.
func TestSectionsWithTheirPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone measures vegeta, wrk and nginx")
	}
	b := here(t)
	b.Only, b.Wrk, b.Nginx = []string{"cost-https", "memory"}, "wrk", "nginx"
	for _, program := range []string{b.Wrk, b.Nginx} {
		if _, err := look(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skipf("%v; scripts/test-tools.sh installs it", err)
		}
	}
	b.Vegeta = vegetaProgram(t)
	if err := b.Find(); err != nil {
		t.Fatal(err)
	}
	f, err := b.Run(t.Context())
	if err != nil || len(f.Failures) > 0 {
		t.Fatal(err, f.Failures)
	}
	for _, c := range f.Costs["cost-https"] {
		if c.Ours.CPU <= 0 || c.Vegeta.CPU <= 0 || c.Wrk.CPU <= 0 {
			t.Errorf("cost %+v", c)
		}
	}
	if len(f.Costs["cost-https"]) != 1 || len(f.Memory) != 1 || f.Memory[0].Peak[0] <= 0 {
		t.Errorf("figures %+v", f)
	}
	if f.Books.Sent != 12_000 || f.Books.Wanted != 12_000 || !strings.HasPrefix(f.Nginx, "nginx/") {
		t.Errorf("books %+v of %q", f.Books, f.Nginx)
	}
}

// A section that fails does not cost the figures of the others.
func TestFailureOfASection(t *testing.T) {
	b := here(t)
	b.Only, b.Nginx = []string{"rate", "connections"}, filepath.Join(t.TempDir(), "no-nginx")
	f, err := b.Run(t.Context())
	if err != nil || len(f.Failures) != 2 || !strings.Contains(f.Failures[0], "round 1, rate: server nginx: cannot start") {
		t.Errorf("%v, %q", err, f.Failures)
	}
}

func TestOnlyNamesASection(t *testing.T) {
	b := &Bench{Only: []string{"lag", "lags"}}
	if _, err := b.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `no row "lags"`) || !strings.Contains(err.Error(), "cost-https") {
		t.Errorf("error %v", err)
	}
}

func TestMissingProgramsAreNamed(t *testing.T) {
	dir := t.TempDir()
	b := &Bench{Vegeta: dir + "/vegeta", Wrk: dir + "/wrk", Nginx: dir + "/nginx", Only: []string{"rate"}}
	err := b.Find()
	if err == nil || strings.Contains(err.Error(), "vegeta") || !strings.Contains(err.Error(), "apt-get install wrk") || !strings.Contains(err.Error(), "apt-get install nginx-light") {
		t.Errorf("error %v", err)
	}
}

func TestWrkRate(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		err  string
	}{
		{"  13205 requests in 3.03s, 2.14MB read\nRequests/sec:   4354.69\nTransfer/sec:    722.95KB\n", 4354.69, ""},
		{"  Socket errors: connect 0, read 0, write 0, timeout 3\nRequests/sec:   12.50\n", 12.5, ""},
		{"  Socket errors: connect 0, read 7, write 0, timeout 0\nRequests/sec:   12.50\n", 0, "read 7"},
		{"  Non-2xx or 3xx responses: 9\nRequests/sec:   12.50\n", 0, "Non-2xx"},
		{"unable to connect\n", 0, "no rate"},
	} {
		got, err := wrkRate(c.text)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
}

func TestNginxCount(t *testing.T) {
	n, err := nginxCount("Active connections: 3 \nserver accepts handled requests\n 10 10 4711 \nReading: 0 Writing: 1 Waiting: 2 \n")
	if n != 4711 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := nginxCount("<html>404</html>"); err == nil {
		t.Error("another page is read")
	}
}

func TestMedianAndQuantile(t *testing.T) {
	if !math.IsNaN(median(nil)) || !math.IsNaN(quantile(nil, 500)) || !math.IsNaN(median([]float64{1, math.NaN(), 2})) {
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
	if s := spread(v); s != 1.2 || spread(v[:1]) != 0 {
		t.Errorf("spread %v", s)
	}
}
