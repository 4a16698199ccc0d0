package load

import (
	"slices"
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestEnvironment(t *testing.T) {
	program := func(version, flags, module string) results.BuildInfo {
		return results.BuildInfo{Go: version, Settings: map[string]string{"-ldflags": flags}, Modules: map[string]string{"example.org/m": module}}
	}
	bundle := func(kernel string, procs int, programs map[string]results.BuildInfo) *Run {
		return &Run{label: kernel, Bundle: &results.Bundle{
			Manifest: &results.Manifest{
				Host: results.Host{Kernel: kernel}, Builds: programs,
				Scenarios: []results.Scenario{{Name: "s", Servers: []results.Server{{Name: "server"}}, Variants: []results.Variant{{Name: "a"}, {Name: "b"}}}},
			},
			Trials: []results.Trial{
				{Scenario: "s", Variant: "a", Servers: []results.ServerResult{{Name: "server", Procs: 1}}},
				{Scenario: "s", Variant: "b", Servers: []results.ServerResult{{Name: "server", Procs: procs}}},
			},
		}}
	}
	one := program("go1.25", "-s -w", "v1.0.0")
	same := map[string]results.BuildInfo{"s/a/server": one, "s/b/server": one}
	other := map[string]results.BuildInfo{"s/a/server": one, "s/b/server": program("go1.26", "", "v1.1.0")}
	for _, c := range []struct {
		name       string
		sources    []Source
		base, head string
		want       []string
	}{
		{"nothing", []Source{bundle("6.1", 1, same)}, "a", "b", nil},
		{"a bundle that tells nothing", []Source{bundle("6.1", 1, nil)}, "a", "b", nil},
		{"variants", []Source{bundle("6.1", 2, other)}, "a", "b", []string{
			"GOMAXPROCS of the server: 1, head 2", "Go: go1.25, head go1.26", "build setting -ldflags: only in base, -s -w", "module example.org/m: v1.0.0, head v1.1.0",
		}},
		{"two bundles", []Source{bundle("6.1", 1, same), bundle("6.2", 1, other)}, "", "", []string{
			"Go: go1.25, head go1.26", "build setting -ldflags: only in base, -s -w", "kernel: 6.1, head 6.2", "module example.org/m: v1.0.0, head v1.1.0",
		}},
	} {
		if got := Environment(c.sources, c.base, c.head); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
