package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/actions"
	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// newAnnotate is for workflows: what is said there is read by people who did not ask
// for it, so it says no more than the verdict and its rows.
func newAnnotate() *cobra.Command {
	var plot, comment bool
	var c actions.Comment
	cmd := &cobra.Command{
		Use:   "annotate VERDICT",
		Short: "Say what `gate --json` found in the words of GitHub Actions",
		Long: `Say what ` + "`assay gate --json`" + ` found in the words of GitHub Actions: one annotation for
each reason, or, with --plot, the effects with their intervals as a plot of
characters for the job summary, which shows no pictures of a run's own, or, with
--comment, what a comment on a pull request says.`,
		Example: `  assay annotate verdict.json
  assay annotate --plot verdict.json >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := verdict.Read(args[0])
			if err != nil {
				return err
			}
			if comment {
				return c.Write(cmd.OutOrStdout(), f)
			}
			if plot {
				return actions.Plot(cmd.OutOrStdout(), f.Rows)
			}
			return actions.Annotate(cmd.OutOrStdout(), f)
		},
	}
	cmd.Flags().BoolVar(&plot, "plot", false, "print the plot instead, as Markdown")
	cmd.Flags().BoolVar(&comment, "comment", false, "print a comment for a pull request instead, as Markdown")
	cmd.Flags().StringVar(&c.Link, "link", "", "`URL` of the check's run, for the comment")
	cmd.Flags().StringVar(&c.Found, "found", "", "`DAY` on which a known slowdown was last found, for the comment")
	cmd.MarkFlagsMutuallyExclusive("plot", "comment")
	return cmd
}
