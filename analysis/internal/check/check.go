// Package check says whether a run as a whole holds the objectives of its scenarios,
// and shows what was found for each. What one objective comes to is package
// objective's part.
package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Result is what the objectives of a run come to.
type Result struct {
	Verdict string // objective.Met, Missed or Undecided: missed as soon as one is

	found   []objective.Result
	skipped []results.Skipped
}

// Run checks a run. It is an error if nothing can be checked: the run has not ended
// or is not as it was written, it is a search, or no scenario of it has objectives.
// The objectives of a scenario that could not run are undecided.
func Run(run *load.Run) (*Result, error) {
	if err := whole(run); err != nil {
		return nil, err
	}
	r := &Result{found: objective.Evaluate(run), skipped: run.Manifest.Skipped}
	if len(r.found) == 0 {
		// A search offers rates that are too high, on purpose, so its trials miss
		// objectives without a meaning.
		if len(run.Manifest.Searches) > 0 {
			return nil, fmt.Errorf("%s: nothing to check: a search goes beyond what holds on purpose; `assay report` says which rates held", run.Dir)
		}
		return nil, fmt.Errorf("%s: nothing to check: no scenario that ran here has objectives", run.Dir)
	}
	switch {
	case r.count(objective.Missed) > 0:
		r.Verdict = objective.Missed
	case r.count(objective.Undecided) > 0 || len(r.skipped) > 0:
		r.Verdict = objective.Undecided
	default:
		r.Verdict = objective.Met
	}
	return r, nil
}

// whole refuses a run from which nothing may be concluded.
func whole(run *load.Run) error {
	if run.Manifest.State == results.StateRunning {
		return fmt.Errorf("%s: the run has not ended: wait, or end it with `assay run … --out %s --resume`", run.Dir, plain.Shell(run.Dir))
	}
	// Whoever acts on the exit status alone has to be able to rely on the numbers
	// behind it.
	changed, err := results.Verify(run.Dir)
	if err != nil {
		return err
	}
	if wrong := slices.Concat(run.Problems(), changed); len(wrong) > 0 {
		return fmt.Errorf("the bundle is not as it was written: take it again from where it was made, or make the run again\n%w", errors.Join(wrong...))
	}
	return nil
}

// count counts the objectives with a verdict.
func (r *Result) count(verdict string) (n int) {
	for _, f := range r.found {
		if f.Verdict == verdict {
			n++
		}
	}
	return n
}

// Text writes the verdict on one line, and then a table of the objectives. It writes
// all at once or nothing.
func (r *Result) Text(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %d of %d objectives met, %d missed, %d undecided", r.Verdict,
		r.count(objective.Met), len(r.found), r.count(objective.Missed), r.count(objective.Undecided))
	if n := len(r.skipped); n > 0 {
		fmt.Fprintf(&out, "; not known: those of skipped scenarios, %d of them", n)
	}
	fmt.Fprint(&out, "\n\n")
	t := table.Table{Head: []string{"scenario", "variant", "objective", "median", "bound", "verdict", ""}, Left: map[int]bool{1: true, 2: true, 5: true, 6: true}}
	for _, f := range r.found {
		bound := "–"
		if !math.IsNaN(f.Bound) {
			bound = format.Quantity(f.Bound, f.Objective.Unit)
		}
		t.Add(f.Scenario, f.Cell, f.Objective.Text, format.Quantity(f.Median.Center, f.Objective.Unit), bound, f.Verdict, f.Why)
	}
	for _, s := range r.skipped {
		t.Add(s.Scenario, "–", "–", "–", "–", objective.Undecided, "not measured here: "+s.Why)
	}
	if err := t.Text(&out); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}
