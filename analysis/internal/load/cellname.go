package load

import (
	"strings"

	"github.com/assay-bench/assay/results"
)

// CellNamed resolves the name of a scenario. If the run has no scenario of that name, but
// one whose matrix has a single key, and the name is that scenario's with a value of the
// key after a hyphen, CellNamed returns the scenario and the cell, which may have no trials:
// concurrency-50 is the cell clients=50 of concurrency. Else it returns the name itself. That way loads of which
// each once had a scenario file of its own are found in both forms.
func CellNamed(m *results.Manifest, name string) (scenario string, matrix map[string]string) {
	if m.Scenario(name) != nil {
		return name, nil
	}
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return name, nil
	}
	s := m.Scenario(name[:i])
	if s == nil || len(s.Matrix) != 1 {
		return name, nil
	}
	return s.Name, map[string]string{s.Matrix[0]: name[i+1:]}
}
