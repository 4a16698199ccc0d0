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
	Why        string   // file for the reason if the check could not be made; default: none
}

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
	return nil
}

// wrongCount returns the error for a wrong number of commits on the command line.
func wrongCount(n int) error {
	return usage.Mark(fmt.Errorf("want two commits, BASE and HEAD; got %d (see `assay perf-check --help`)", n))
}
