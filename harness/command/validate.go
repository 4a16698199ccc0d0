package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/harness/internal/text"
)

// validateCommand says everything that is wrong at once, with the position of each
// mistake.
func validateCommand() *cobra.Command {
	var in campaign.Inputs
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenario files and report everything that is wrong with them",
		Example: `  assay validate scenarios/*.yaml
  assay validate my-server.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			in.Files = args
			all, err := in.Load()
			if err != nil {
				return err
			}
			for _, w := range all {
				fmt.Fprintf(c.OutOrStdout(), "%s: ok: scenario %s, %s, %s\n", w.File, w.Name, text.Count(len(w.Chosen), "cell"), text.Count(w.Blocks, "block"))
			}
			return nil
		},
	}
	remoteFlag(c, &in.AllowRemote)
	return c
}
