package load

import (
	"maps"
	"testing"

	"github.com/assay-bench/assay/results"
)

func TestCellNamed(t *testing.T) {
	m := &results.Manifest{Scenarios: []results.Scenario{
		{Name: "clients", Matrix: []string{"clients"}}, {Name: "clients-10", Matrix: []string{"x"}}, {Name: "two", Matrix: []string{"a", "b"}}, {Name: "plain"},
	}}
	for name, want := range map[string]struct {
		scenario string
		matrix   map[string]string
	}{
		"clients":      {"clients", nil},
		"clients-10":   {"clients-10", nil}, // a scenario of this name goes first
		"clients-50":   {"clients", map[string]string{"clients": "50"}},
		"clients-10-y": {"clients-10", map[string]string{"x": "y"}},
		"two-1":        {"two-1", nil},
		"plain-1":      {"plain-1", nil},
		"none":         {"none", nil},
	} {
		if scenario, matrix := CellNamed(m, name); scenario != want.scenario || !maps.Equal(matrix, want.matrix) {
			t.Errorf("%s: %s, %v", name, scenario, matrix)
		}
	}
}
