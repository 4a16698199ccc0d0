package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/trend"
)

// newTrend always ends with status 0 if it could read anything: a trend advises and
// blocks nothing. It fails only if no file could be read, or if there is none.
func newTrend() *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "trend (VERDICT | DIR)...",
		Short: "Say since when a row stands on another level, from the verdicts of many checks",
		Long: `Say since when a row stands on another level, from the verdicts that ` + "`assay gate --json`" + `
left over time. Files are taken in the order given, those of a folder by name. All
must compare with the same reference. It takes 11 checks to see a change at all, and
more with more rows: 16 with seven. Of trends in which nothing changed, 5 % show a change
at a single look; looking again after every check finds more than that. So a trend
advises: whatever it finds, the exit status is 0. A file that cannot be read is passed
over with a warning while others can.`,
		Example: `  assay trend history/
  assay trend --markdown history/v1.0 >> summary.md`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := trend.Files(args)
			if err != nil {
				return err
			}
			var checks []trend.Check
			var problems []error
			for _, f := range files {
				c, err := trend.Read(f)
				if err != nil {
					// A file that is no verdict must not hide the others: a history
					// grows for months, and some check may have been interrupted while
					// it wrote.
					problems = append(problems, err)
					continue
				}
				checks = append(checks, c)
			}
			if len(checks) == 0 {
				return errors.Join(problems...)
			}
			warn(cmd, problems)
			return trend.Write(cmd.OutOrStdout(), trend.Follow(checks), markdown)
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print Markdown")
	return cmd
}
