package command

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/actions"
	"github.com/assay-bench/assay/analysis/internal/verdict"
	"github.com/assay-bench/assay/internal/usage"
)

// newAnnotate is for workflows: what is said there is read by people who did not ask for
// it, so it says no more than the verdict and its rows. The four forms of its output
// exclude each other. Its exit status does not tell the verdict: a workflow has that
// from the gate itself.
func newAnnotate() *cobra.Command {
	var plot, comment bool
	var explanation string
	var c actions.Comment
	cmd := &cobra.Command{
		Use:   "annotate VERDICT",
		Short: "Say what `gate --json` found in the words of GitHub Actions",
		Long: `Say what ` + "`assay gate --json`" + ` found in the words of GitHub Actions: one annotation for
each reason, or, with --plot, the effects with their intervals as a plot of
characters for the job summary, which shows no pictures of a run's own, or, with
--comment, what a comment on a pull request says. If perf-check looked for the cause,
the functions and the endpoint that explain most are annotations at their lines, and
--explanation prints them alone.`,
		Example: `  assay annotate verdict.json
  assay annotate --plot verdict.json >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := verdict.Read(args[0])
			if err != nil {
				return err
			}
			// Every form is made from the verdict file alone, so that it can be made in
			// another job than the check, without the bundle.
			if comment {
				return c.Write(cmd.OutOrStdout(), f)
			}
			switch explanation {
			case "":
			case "text", "markdown":
				_, err := io.WriteString(cmd.OutOrStdout(), actions.Explanation(f.Explanation, explanation == "markdown", c.Source))
				return err
			default:
				return usage.Errorf("annotate: --explanation %s: want text or markdown", explanation)
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
	cmd.Flags().StringVar(&explanation, "explanation", "", "print why it is slower instead, as `text` or markdown")
	cmd.Flags().StringVar(&c.Source, "source", "", "`URL` of the files of head, for links in Markdown")
	cmd.MarkFlagsMutuallyExclusive("plot", "comment", "explanation")
	return cmd
}
