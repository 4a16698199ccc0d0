package campaign

import (
	"testing"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

func TestConnectionWait(t *testing.T) {
	for _, c := range []struct {
		p50ns float64 // of the wait; 0: nothing was answered ok
		most  int
		want  string
	}{
		{14.2e6, 1000, "; half of the requests waited 14 ms for one of 1,000 connections"},
		{1250e6, 50, "; half of the requests waited 1250 ms for one of 50 connections"},
		{2e6, 1, "; half of the requests waited 2 ms for the one connection"},
		{1e6, 1000, ""},
		{3e3, 1000, ""},
		{0, 1000, ""},
	} {
		s := results.StreamResult{Parts: map[string]results.Quantiles{"conn-wait.ok": {}}}
		if c.p50ns > 0 {
			s.Parts["conn-wait.ok"] = results.Quantiles{Count: 1, ByShare: map[float64]float64{0.50: c.p50ns}}
		}
		if got := connectionWait(&s, c.most); got != c.want {
			t.Errorf("%v ns, %d connections: %q, want %q", c.p50ns, c.most, got, c.want)
		}
	}
	if got := connectionWait(&results.StreamResult{}, 1); got != "" {
		t.Errorf("without parts: %q", got)
	}
}

func TestConnectionLimit(t *testing.T) {
	const limit = "the connections are the limit: requests waited for one of 200 connections while the server was as fast as at rates that hold; raise `connections`"
	const ms = 1e6
	for _, c := range []struct {
		name                          string
		wait, response, service, held float64 // p99, p99, mean, mean
		want                          string
	}{
		{"too few connections", 400 * ms, 480 * ms, 76 * ms, 75 * ms, limit},
		{"too few, and the server a little slower", 50 * ms, 205 * ms, 90 * ms, 75 * ms, limit},
		{"a server that is too slow has them all", 400 * ms, 1200 * ms, 750 * ms, 75 * ms, ""},
		{"few waited", 2 * ms, 205 * ms, 76 * ms, 75 * ms, ""},
		{"nothing has held yet", 400 * ms, 480 * ms, 76 * ms, 0, ""},
	} {
		s := &results.StreamResult{Connections: 200, Parts: map[string]results.Quantiles{
			"conn-wait.ok": {ByShare: map[float64]float64{0.99: c.wait}}, "response.ok": {ByShare: map[float64]float64{0.99: c.response}},
			"service.ok": {Mean: &c.service},
		}}
		if got := connectionLimit(s, 200, c.held); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := connectionLimit(s, 201, c.held); got != "" {
			t.Errorf("%s, and one more was allowed: %q", c.name, got)
		}
	}
	if got := connectionLimit(&results.StreamResult{}, 200, 1); got != "" {
		t.Errorf("nothing was answered: %q", got)
	}
}

func TestGeneratorLimit(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		share, load *float64
		cpus        int
		want        string
	}{
		{nil, nil, 1, ""},
		{v(0.05), v(0.9), 1, ""},
		{v(0.06), nil, 1, "the generator is the limit: its own delay was 6 % of the slowest responses"},
		{nil, v(0.95), 1, "the generator is the limit: it used 95 % of its 1 CPU"},
		{nil, v(0.95), 2, ""},
		{nil, v(1.9), 2, "the generator is the limit: it used 95 % of its 2 CPUs"},
	} {
		tr := &results.Trial{Streams: []results.StreamResult{{GeneratorShare: c.share}}, Host: results.HostWatch{Generator: c.load}}
		if got := generatorLimit(tr, c.cpus); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
}

// Without a placement of its own a trial could use all CPUs of the machine.
func TestGeneratorCPUs(t *testing.T) {
	s := &searcher{session: &session{
		writer:    &results.Writer{Manifest: &results.Manifest{Host: results.Host{CPUs: []int{0, 1, 2, 3}}}},
		placement: host.Placement{Server: []int{0, 1, 2}, Generator: []int{3}},
	}}
	if n := s.generatorCPUs(&trial.Result{Placement: s.placement}); n != 1 {
		t.Errorf("%d CPUs with a placement, want 1", n)
	}
	if n := s.generatorCPUs(&trial.Result{}); n != 4 {
		t.Errorf("%d CPUs without, want 4", n)
	}
}

// A rate that holds although something else delayed the generator holds. If the generator
// was too slow, nothing is known of the rate.
func TestUndecided(t *testing.T) {
	at := &scenario.Scenario{}
	s := &results.StreamResult{Model: results.ModelOpen, GeneratorLimited: "generator-limited: p99 of lag is 3ms"}
	if undecided(s, at, 100) == "" {
		t.Error("a rate at which the generator was too slow is decided")
	}
	if s.GeneratorDelayed = true; undecided(s, at, 100) != "" {
		t.Error("a rate that held in spite of a delay is not decided")
	}
}

// A rate at which the generator is the limit is named, with what to do.
func TestGeneratorLimited(t *testing.T) {
	s := &results.StreamResult{Model: results.ModelOpen}
	if got := generatorLimited(s, 40000); got != "" {
		t.Errorf("it was not the limit: %q", got)
	}
	s.GeneratorLimited = "generator-limited: p99 of lag is 3ms"
	const want = "the generator is the limit at 40000/s (p99 of lag is 3ms): lower the rate, give the generator more CPUs, or run fewer streams at once"
	if got := generatorLimited(s, 40000); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
