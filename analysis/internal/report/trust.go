package report

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// Verdicts on a check of the measurement.
const (
	good    = "good"
	caution = "**caution**"
	unknown = "unknown"
)

// check is one check of the measurement itself. The zero check does not apply to
// what was measured.
type check struct{ name, figure, verdict string }

// checksOf makes all checks that apply: those of every run, and then those of all
// scenarios together.
func checksOf(o *measured.Bundles) (all []check) {
	for i, run := range o.Runs {
		for _, c := range []check{accuracyCheck(run), blockCheck(o, run), placementCheck(run), noiseCheck(run), voidCheck(o, run)} {
			if c.name != "" {
				c.name += runName(o.Runs, i)
				all = append(all, c)
			}
		}
	}
	for _, c := range []check{generatorCheck(o), limitCheck(o), aaCheck(o), driftCheck(o), saturationCheck(o)} {
		if c.name != "" {
			all = append(all, c)
		}
	}
	return all
}

// runName tells the runs of a page apart; a single run needs no name.
func runName(runs []*load.Run, i int) string {
	if len(runs) < 2 {
		return ""
	}
	// A page usually joins one run and one search, which their kinds tell apart. Only
	// several of one kind need their seeds.
	searches := func(run *load.Run) bool { return len(run.Manifest.Searches) > 0 }
	alike := 0
	for _, run := range runs {
		if searches(run) == searches(runs[i]) {
			alike++
		}
	}
	switch {
	case alike > 1:
		return fmt.Sprintf(" (seed %d)", runs[i].Manifest.Seed)
	case searches(runs[i]):
		return " (search)"
	}
	return " (run)"
}

// trust writes the checks.
func (r *report) trust() {
	r.Line("## Can these numbers be trusted?\n")
	t := table.Table{Head: []string{"check", "figure", "verdict"}, Left: map[int]bool{1: true, 2: true}}
	for _, c := range r.checks {
		t.Add(c.name, c.figure, c.verdict)
	}
	r.Table(&t)
}

// cautions names the checks that went badly.
func (r *report) cautions() (names []string) {
	for _, c := range r.checks {
		if c.verdict == caution && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}
