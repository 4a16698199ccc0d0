package load

import (
	"testing"

	"github.com/assay-bench/assay/results"
)

// Runs whose parts stood elsewhere did not measure the same.
func TestUnequalTopologies(t *testing.T) {
	run := func(t *results.Topology) *Run {
		return &Run{Bundle: &results.Bundle{Manifest: &results.Manifest{Topology: t, Scenarios: []results.Scenario{{Name: "s", Variants: []results.Variant{{Name: "v"}}}}}}}
	}
	two := &results.Topology{Engine: "ssh", Generators: 2, Hosts: []results.TopologyHost{
		{Name: "generator-0", Role: results.RoleGenerator, Node: "a"}, {Name: "generator-1", Role: results.RoleGenerator}, {Name: "server", Role: results.RoleServer},
	}}
	moved := *two
	moved.Hosts = append([]results.TopologyHost{{Name: "generator-0", Role: results.RoleGenerator, Node: "b"}}, two.Hosts[1:]...)
	for _, c := range []struct {
		name string
		b    *results.Topology
		want string
	}{
		{"the same", two, ""},
		{"the same on another node", &moved, ""},
		{"one machine", nil, "hosts ssh, 2 generators, servers on the host server, one machine"},
		{"one generator", &results.Topology{Engine: "ssh", Generators: 1, Hosts: two.Hosts}, "hosts ssh, 2 generators, servers on the host server, ssh, 1 generator, servers on the host server"},
	} {
		got := ""
		for _, u := range UnequalSetups(run(two), run(c.b)) {
			got += u.What
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
