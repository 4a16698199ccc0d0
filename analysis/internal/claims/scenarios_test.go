package claims

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScenarios looks for what claims name in the catalogue: a renamed scenario
// or variant would turn its claims into "not run here" without a word.
func TestScenarios(t *testing.T) {
	read := map[string]string{}
	for _, c := range append(append(FromText(), FromTable()...), FromReview()...) {
		for _, m := range append(append([]Measure{}, c.Tests...), c.Honest...) {
			for _, cell := range []Subject{m.A, m.B} {
				if cell.Scenario == "" {
					continue
				}
				text, ok := read[cell.Scenario]
				if !ok {
					data, err := os.ReadFile(filepath.Join("..", "..", "..", "scenarios", cell.Scenario+".yaml"))
					if err != nil {
						t.Errorf("%s: %v", c.ID, err)
					}
					text = string(data)
					read[cell.Scenario] = text
				}
				for _, name := range []string{cell.Variant, cell.Stream} {
					if name != "" && !strings.Contains(text, "name: "+name+",") && !strings.Contains(text, "name: "+name+"\n") {
						t.Errorf("%s: scenario %s has no %q", c.ID, cell.Scenario, name)
					}
				}
			}
		}
	}
}
