package command

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// exitUndecided says that an answer needs more measurement.
const exitUndecided = 3

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check BUNDLE",
		Short: "Say whether a run holds the objectives of its scenarios",
		Long: `Say whether a run holds the objectives of its scenarios. An objective is met if the
one-sided 95 % bound of the median over trials lies inside its limit, missed if it
lies wholly outside, else undecided; where a trial lacks the figure, no trial counts,
or the scenario could not run here, it is undecided. Exit status: 0 all met, 1 one
missed, 2 nothing could be checked, 3 none missed and one undecided. A run that has
not ended, or is not as it was written, cannot be checked.`,
		Example: `  analysis check results/runs/published
  bin/harness run scenarios/steady-open.yaml --out run && analysis check run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return usage.Mark(err)
			}
			if err := whole(run); err != nil {
				return usage.Mark(err)
			}
			found := objective.Evaluate(run)
			if len(found) == 0 && len(run.Manifest.Searches) > 0 {
				return usage.Errorf("%s: nothing to check: a search goes beyond what holds on purpose; `analysis report` says which rates held", args[0])
			}
			if len(found) == 0 {
				return usage.Errorf("%s: nothing to check: no scenario that ran here has objectives", args[0])
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
					bound = format.Quantity(r.Bound, r.Objective.Unit)
				}
				t.Add(r.Scenario, r.Cell, r.Objective.Text, format.Quantity(r.Median.Center, r.Objective.Unit), bound, r.Verdict, r.Why)
			}
			for _, s := range run.Manifest.Skipped {
				t.Add(s.Scenario, "–", "–", "–", "–", objective.Undecided, "not measured here: "+s.Why)
			}
			verdict := objective.Met
			code := program.Done
			switch {
			case missed > 0:
				verdict, code = objective.Missed, program.Failed
			case undecided > 0 || len(run.Manifest.Skipped) > 0:
				verdict, code = objective.Undecided, exitUndecided
			}
			var out bytes.Buffer
			fmt.Fprintf(&out, "%s: %d of %d objectives met, %d missed, %d undecided", verdict, len(found)-missed-undecided, len(found), missed, undecided)
			if n := len(run.Manifest.Skipped); n > 0 {
				fmt.Fprintf(&out, "; not known: those of skipped scenarios, %d of them", n)
			}
			fmt.Fprint(&out, "\n\n")
			if err := t.Text(&out); err != nil {
				return usage.Mark(err)
			}
			if _, err := cmd.OutOrStdout().Write(out.Bytes()); err != nil {
				// Exit status 1 would say that an objective is missed.
				return usage.Errorf("write what was found: %w", err)
			}
			if code == program.Done {
				return nil
			}
			return &program.Status{Code: code}
		},
	}
}

// whole refuses a run from which nothing may be concluded.
func whole(run *load.Run) error {
	if run.Manifest.State == results.StateRunning {
		return fmt.Errorf("%s: the run has not ended: wait, or end it with `harness run … --out %s --resume`", run.Dir, run.Dir)
	}
	changed, err := results.Verify(run.Dir)
	if err != nil {
		return err
	}
	if wrong := slices.Concat(run.Problems(), changed); len(wrong) > 0 {
		return fmt.Errorf("the bundle is not as it was written: take it again from where it was made, or make the run again\n%w", errors.Join(wrong...))
	}
	return nil
}
