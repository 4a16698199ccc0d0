package perfaction

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Inputs are the inputs of the action. action.yml describes them to users.
type Inputs struct {
	Scenarios []string // files and folders
	Packages  []string // whose Go benchmarks are compared
	Margins   []string // as for `assay gate`
	Base      string   // commit; empty for the default, which depends on History
	Head      string   // commit
	Short     bool     // make short checks
	Control   bool     // measure a known slowdown too
	History   string   // folder of earlier verdicts; empty for none
	Explain   string   // when perf-check looks for the cause

	// Whether such a verdict fails the job. It is shown in any case.
	FailRegression, FailInconclusive bool
}

// readInputs reads the inputs from the environment. An input that is not set has its
// default. The error names the first input with a value that it cannot have.
func readInputs(env func(name string) string) (in Inputs, err error) {
	in = Inputs{
		Scenarios: lines(env("SCENARIOS")),
		Packages:  lines(env("MICRO")),
		Margins:   lines(env("MARGIN")),
		Base:      env("BASE"),
		Head:      cmp.Or(env("HEAD"), "HEAD"),
		History:   env("HISTORY"),
		Explain:   cmp.Or(env("EXPLAIN"), "regression"),
	}
	if !slices.Contains([]string{"never", "regression", "always"}, in.Explain) {
		return in, fmt.Errorf("explain: %q: want never, regression or always", in.Explain)
	}
	for _, one := range []struct {
		name, usual, yes, no string
		into                 *bool
	}{
		{"short", "false", "true", "false", &in.Short},
		{"control", "false", "true", "false", &in.Control},
		{"inconclusive", "warn", "fail", "warn", &in.FailInconclusive},
		{"regression", "fail", "fail", "warn", &in.FailRegression},
	} {
		value := cmp.Or(env(strings.ToUpper(one.name)), one.usual)
		if value != one.yes && value != one.no {
			return in, fmt.Errorf("%s: %q: want %s or %s", one.name, value, one.yes, one.no)
		}
		*one.into = value == one.yes
	}
	return in, nil
}

// lines splits an input with one value a line. Spaces around a value and empty lines
// come from the way in which YAML is indented.
func lines(text string) (values []string) {
	for line := range strings.Lines(text) {
		if value := strings.TrimSpace(line); value != "" {
			values = append(values, value)
		}
	}
	return values
}
