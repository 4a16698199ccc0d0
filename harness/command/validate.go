package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
)

// validateCommand says everything that is wrong at once, with the position of each
// mistake. Notes go to stderr and do not change the status, which is 2 if a file has an
// error.
func validateCommand() *cobra.Command {
	var in campaign.Inputs
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenario files and report everything that is wrong with them",
		Long: `Check scenario files and report everything that is wrong with them, each error with
its file, line and column and a suggestion.

Beyond what a run checks, it looks for the programs on this machine. It notes objectives
that a run can never judge because its trials have too few requests.

Everything that a scenario names is relative to the folder of the scenario file: files,
sockets, the commands of prepare and cleanup, and the program of a server without dir.
A program that is not there is looked for in the current folder. dir is relative to the
current folder.`,
		Example: `  assay validate scenarios/*.yaml
  assay validate my-server.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			in.Files = args
			all, err := in.Load()
			if err != nil {
				return err
			}
			var found scenario.Errors
			for _, w := range all {
				found = append(found, w.Findings()...)
			}
			if len(found) > 0 {
				return found
			}
			for _, w := range all {
				for _, note := range w.Notes() {
					note.Message = "note: " + note.Message
					fmt.Fprintln(c.ErrOrStderr(), plain.Text(note.Error()))
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: ok: scenario %s, %s, %s\n", plain.Line(w.File), w.Name, text.Count(len(w.Chosen), "cell"), text.Count(w.Blocks, "block"))
			}
			return nil
		},
	}
	remoteFlag(c, &in.AllowRemote)
	return c
}
