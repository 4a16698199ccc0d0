package report

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/results"
)

// The page has every host, and every generator with what it did in all trials.
func TestHosts(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	again := uint64(3)
	m := &results.Manifest{Topology: &results.Topology{Engine: "ssh", Generators: 1, Hosts: []results.TopologyHost{
		{Name: "generator-0", Role: results.RoleGenerator, Node: "h1", Address: "10.0.0.1", Facts: results.Host{CPUModel: "fast", ClockSource: "tsc", CPUs: []int{0, 1}}, RoundTrip: 0.0002},
		{Name: "server", Role: results.RoleServer, Node: "h2", Address: "10.0.0.2", Servers: []string{"s/api"}},
	}}}
	trials := []results.Trial{
		{Hosts: []results.HostResult{{Name: "generator-0", Sent: 1000, LagP99: v(0.001), Retransmits: &again, Limited: "late"}, {Name: "server"}}},
		{Hosts: []results.HostResult{{Name: "generator-0", Sent: 500, LagP99: v(0.003), Retransmits: &again}}},
	}
	p := new(page.Page)
	hosts(p, m, trials)
	got := strings.ReplaceAll(p.String(), "\u00a0", " ")
	for _, want := range []string{
		"ssh, 1 generator, servers on the host server", "each crossed the network", "| generator-0 | h1 | 10.0.0.1 | fast | 2 |", "tsc", "200 µs", "s/api",
		"| generator-0 |", "1,500", "| 1 ms |", "in 1 of 2", "6, at most 3 in a trial",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	alone := new(page.Page)
	if hosts(alone, &results.Manifest{}, trials); alone.String() != "" {
		t.Error("a run on one machine has hosts")
	}
}
