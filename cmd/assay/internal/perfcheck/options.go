package perfcheck

import (
	"fmt"
	"regexp"

	"github.com/assay-bench/assay/internal/usage"
)

// Options say what is compared and how. Paths are relative to the current folder.
type Options struct {
	Base, Head string   // commits
	Repo       string   // a folder in the repository; default: the current folder
	Out        string   // folder for bundle/, verdict.json and summary.md; default: named after the time
	Short      bool     // uses the scenarios in short/ beside those named
	Control    bool     // uses scenarios in control/ instead of those with the same names
	Scenarios  []string // files and folders in base, or on the disk if they begin with / or ./ or ../
	Packages   []string // whose Go benchmarks are compared
	Bench      string   // regular expression; default: all
	Benchtime  string   // as for go test; default: 100ms
	Margins    []string // as for `assay gate`
	Foreign    string   // CPU time that other programs may take, as for `assay run --foreign-limit`; default: its own
	Why        string   // file for the reason if the check could not be made; default: none
	Explain    string   // when to look for the cause: never, regression or always; default: regression
	Patient    bool     // makes every look, even where more blocks would hardly decide the check
	Source     string   // address of head's files, for links; default: none
}

// When the cause is looked for.
const (
	explainNever      = "never"
	explainRegression = "regression"
	explainAlways     = "always"
)

// marginForm is what the gate accepts. It is checked here too, because the gate runs
// after minutes of measuring.
var marginForm = regexp.MustCompile(`^([^=]+=)?[0-9.]+(%|pp)$`)

// check finds mistakes that would otherwise show only after minutes of measuring.
func (o *Options) check() error {
	for _, m := range o.Margins {
		if !marginForm.MatchString(m) {
			return usage.Errorf("--margin %s: want a percentage, like 5%% or p99=10%%", m)
		}
	}
	switch o.Explain {
	case "", explainNever, explainRegression, explainAlways:
		return nil
	}
	return usage.Errorf("--explain %s: want %s, %s or %s", o.Explain, explainNever, explainRegression, explainAlways)
}

// explains reports whether the cause of a verdict is looked for.
func (o *Options) explains(status int) bool {
	switch o.Explain {
	case explainNever:
		return false
	case explainAlways:
		return true
	}
	return status == regression
}

// wrongCount returns the error for a wrong number of commits on the command line.
func wrongCount(n int) error {
	return usage.Mark(fmt.Errorf("want two commits, BASE and HEAD; got %d (see `assay perf-check --help`)", n))
}
