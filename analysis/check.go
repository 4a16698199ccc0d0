package main

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/spf13/cobra"
)

// exitUndecided says that an answer needs more measurement.
const exitUndecided = 3

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check BUNDLE",
		Short: "Say whether a run holds the objectives of its scenarios",
		Long: `Say whether a run holds the objectives of its scenarios. An objective is met if the
one-sided 95 % bound of the median over trials lies inside its limit, missed if it
lies wholly outside, else undecided. Exit status: 0 all met, 1 one missed, 2 nothing
could be checked, 3 none missed and one undecided.`,
		Example: `  analysis check results/runs/published
  bin/harness run scenarios/steady-open.yaml --out run && analysis check run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return &usageError{err}
			}
			warn(cmd, run.Problems())
			found := objective.Evaluate(run)
			if len(found) == 0 && len(run.Manifest.Searches) > 0 {
				return &usageError{fmt.Errorf("%s: nothing to check: a search goes beyond what holds on purpose; `analysis report` says which rates held", args[0])}
			}
			if len(found) == 0 {
				return &usageError{fmt.Errorf("%s: nothing to check: no scenario with a trial that counts has objectives", args[0])}
			}
			t := table.Table{Head: []string{"scenario", "variant", "objective", "median", "bound", "verdict", ""}, Left: map[int]bool{1: true, 2: true, 5: true, 6: true}}
			missed, undecided := 0, 0
			for _, r := range found {
				switch r.Verdict {
				case objective.Missed:
					missed++
				case objective.Undecided:
					undecided++
				}
				bound := "–"
				if !math.IsNaN(r.Bound) {
					bound = report.Quantity(r.Bound, r.Objective.Unit)
				}
				t.Add(r.Scenario, r.Cell, r.Objective.Text, report.Quantity(r.Median.Center, r.Objective.Unit), bound, r.Verdict, r.Why)
			}
			out := cmd.OutOrStdout()
			verdict := objective.Met
			code := exitDone
			switch {
			case missed > 0:
				verdict, code = objective.Missed, exitFailed
			case undecided > 0:
				verdict, code = objective.Undecided, exitUndecided
			}
			fmt.Fprintf(out, "%s: %d of %d objectives met, %d missed, %d undecided\n\n", verdict, len(found)-missed-undecided, len(found), missed, undecided)
			if err := t.Text(out); err != nil || code == exitDone {
				return err
			}
			return &status{code: code}
		},
	}
}
