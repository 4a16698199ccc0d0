package claims

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
					var err error
					if text, err = scenarioFile(cell.Scenario); err != nil {
						t.Errorf("%s: %v", c.ID, err)
					}
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

// scenarioFile is the text of the file of a scenario, or of the one of which the name is
// a cell, as concurrency-50 is the cell clients=50 of concurrency. The cell has to be one
// of the file.
func scenarioFile(name string) (string, error) {
	folder := filepath.Join("..", "..", "..", "scenarios")
	data, err := os.ReadFile(filepath.Join(folder, name+".yaml"))
	if err == nil {
		return string(data), nil
	}
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return "", err
	}
	if data, err = os.ReadFile(filepath.Join(folder, name[:i]+".yaml")); err != nil {
		return "", err
	}
	if !regexp.MustCompile(`(?m)^matrix: \{\w+: \[(.*, )?` + name[i+1:] + `(, .*)?\]\}`).Match(data) {
		return "", fmt.Errorf("scenario %s has no cell %s", name[:i], name[i+1:])
	}
	return string(data), nil
}
