package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/known"
)

// newExplained is a step of bench-explain, which makes the rounds. With --record it
// reads the bundles of the rounds again. Without, it needs the records alone, which are
// committed.
func newExplained() *cobra.Command {
	var runs, into string
	cmd := &cobra.Command{
		Use:    "explained DIR",
		Hidden: true, // for `assay bench-explain`
		Short:  "Say how often explain names the right cause, from recorded answers",
		Long: `Say how often explain names the right cause of a known slowdown, from recorded answers,
in Markdown. The same records give the same text.

With --record explain is asked again about all complete rounds in a folder, and the
records in DIR are replaced by its answers; with --into the text goes into a page.`,
		Example: `  assay explained results/explain --into analysis/EXPLAIN.md
  assay explained results/explain --record results/runs/explain`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if runs != "" {
				return known.Record(runs, args[0], func(round string, answers []known.Answer) {
					right := 0
					for _, a := range answers {
						if a.Right {
							right++
						}
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d right\n", round, right, len(answers))
				})
			}
			records, err := known.Read(args[0])
			if err != nil {
				return err
			}
			if into == "" {
				_, err = fmt.Fprint(cmd.OutOrStdout(), records.Markdown())
				return err
			}
			return pages().Replace(into, known.Part, records.Markdown())
		},
	}
	cmd.Flags().StringVar(&runs, "record", "", "`folder` of complete rounds to make the records from")
	cmd.Flags().StringVar(&into, "into", "", "Markdown `file` that gets the text between its markers")
	cmd.MarkFlagsMutuallyExclusive("record", "into")
	return cmd
}
