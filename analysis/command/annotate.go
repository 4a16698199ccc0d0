package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/actions"
	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// newAnnotate is for workflows: what is said there is read by people who did not ask
// for it, so it says no more than the verdict and its rows.
func newAnnotate() *cobra.Command {
	var plot bool
	cmd := &cobra.Command{
		Use:   "annotate VERDICT",
		Short: "Say what `gate --json` found in the words of GitHub Actions",
		Long: `Say what ` + "`assay gate --json`" + ` found in the words of GitHub Actions: one annotation for
each reason, or, with --plot, the effects with their intervals as a plot of
characters for the job summary, which shows no pictures of a run's own.`,
		Example: `  assay annotate verdict.json
  assay annotate --plot verdict.json >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := verdict.Read(args[0])
			if err != nil {
				return err
			}
			if plot {
				return actions.Plot(cmd.OutOrStdout(), f.Rows)
			}
			return actions.Annotate(cmd.OutOrStdout(), f)
		},
	}
	cmd.Flags().BoolVar(&plot, "plot", false, "print the plot instead, as Markdown")
	return cmd
}
