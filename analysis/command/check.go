package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/check"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
)

// newCheck has an exit status for scripts: only 0 and 1 are answers, and an error of any
// kind is another status than either. Every error is therefore marked as wrong usage,
// which has status 2.
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
		Example: `  assay check results/runs/published
  assay run scenarios/steady-open.yaml --out run && assay check run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return usage.Mark(err)
			}
			r, err := check.Run(run)
			if err != nil {
				return usage.Mark(err)
			}
			if err := r.Text(cmd.OutOrStdout()); err != nil {
				// Exit status 1 would say that an objective is missed.
				return usage.Errorf("write what was found: %w", err)
			}
			// The text has told the verdict: the status comes without a further message.
			switch r.Verdict {
			case objective.Missed:
				return &program.Status{Code: program.Failed}
			case objective.Undecided:
				return &program.Status{Code: program.Undecided}
			}
			return nil
		},
	}
}
