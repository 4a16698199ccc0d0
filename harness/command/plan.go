package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
)

// planCommand shows what run would do. Without a seed it draws one, as run does, so that
// two calls differ as two runs would. Nothing is started, and the machine is not locked.
func planCommand() *cobra.Command {
	var in campaign.Inputs
	var value uint64
	c := &cobra.Command{
		Use:   "plan FILE...",
		Short: "Print the trials of a run in order, and how long they take",
		Example: `  assay plan scenarios/steady-open.yaml
  assay plan --seed 42 --blocks 20 scenarios/*.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			in.Files = args
			all, err := in.Load()
			if err != nil {
				return err
			}
			if _, err := seed(c, &value); err != nil {
				return err
			}
			return campaign.WritePlan(c.OutOrStdout(), all, value)
		},
	}
	inputFlags(c, &in)
	c.Flags().Uint64Var(&value, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn at random)")
	return c
}
