package report

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/results"
)

// The page has every host, and every generator with what it did in all trials.
func TestHosts(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	again, more := uint64(3), uint64(7)
	m := &results.Manifest{Topology: &results.Topology{Engine: "ssh", Generators: 1, Hosts: []results.TopologyHost{
		{Name: "generator-0", Role: results.RoleGenerator, Node: "h1", Address: "10.0.0.1", Facts: results.Host{CPUModel: "fast", ClockSource: "tsc", CPUs: []int{0, 1}}, RoundTrip: 0.0002},
		{Name: "server", Role: results.RoleServer, Node: "h2", Address: "10.0.0.2", Servers: []string{"s/api"}},
	}}}
	trials := []results.Trial{
		{Hosts: []results.HostResult{{Name: "generator-0", Sent: 1000, LagP99: v(0.001), Retransmits: &again, Limited: "late"}, {Name: "server", CPU: v(1.25), Retransmits: &more}}},
		{Hosts: []results.HostResult{{Name: "generator-0", Sent: 500, LagP99: v(0.003), Retransmits: &again}}},
	}
	p := new(page.Page)
	hosts(p, m, trials)
	got := strings.ReplaceAll(p.String(), "\u00a0", " ")
	for _, want := range []string{
		"ssh, 1 generator, servers on the host server", "each crossed the network", "| generator-0 | h1 | 10.0.0.1 | fast | 2 |", "tsc", "200 µs", "s/api",
		"| generator-0 |", "1,500 (100 %)", "| 1 ms |", "in 1 of 2", "3 in a trial, at most 3",
		"| server | 1 | 1.25 |", "7 in a trial, at most 7",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	var facts []string
	for _, f := range hostFacts(m) {
		facts = append(facts, f[0]+": "+f[1])
	}
	if got, want := strings.ReplaceAll(strings.Join(facts, "\n"), "\u00a0", " "), "host generator-0: h1, 10.0.0.1, fast, tsc, round trip at rest 200 µs\nhost server: h2, 10.0.0.2, round trip at rest 0 s, has s/api"; got != want {
		t.Errorf("facts\n%s\nwant\n%s", got, want)
	}
	for engine, want := range map[string]string{"ssh": "server: on its own host, with all CPUs of it", "local": "server on CPUs: 1"} {
		m.Topology.Engine = engine
		if f := placedOn(m, "server", []int{1}); f[0]+": "+f[1] != want {
			t.Errorf("%s: %v, want %s", engine, f, want)
		}
	}
	run := &load.Run{Bundle: &results.Bundle{Manifest: m}}
	m.Topology.Engine = "ssh"
	if c := placementCheck(run); c.figure != "server on its own host" || c.verdict != good {
		t.Errorf("placement: %+v", c)
	}
	if got, want := onHosts(m.Topology), " --on ssh --generators 1 --host server=h2 --host generators=h1"; got != want {
		t.Errorf("flags%s, want%s", got, want)
	}
	servers := m.Topology.Hosts
	m.Topology.Hosts = servers[:1]
	if c := placementCheck(run); c.verdict != unknown {
		t.Errorf("a server that already ran: %+v", c)
	}
	m.Topology.Hosts = servers
	alone := new(page.Page)
	if hosts(alone, &results.Manifest{}, trials); alone.String() != "" {
		t.Error("a run on one machine has hosts")
	}
}
