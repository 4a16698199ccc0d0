package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
)

func runCommand() *cobra.Command {
	var o campaign.Options
	c := &cobra.Command{
		Use:   "run FILE...",
		Short: "Run scenarios, in interleaved blocks of freshly started trials, into a bundle",
		Long: `Run scenarios into a bundle, the folder that holds everything a run did.

Every trial starts its server afresh. Blocks hold one trial of every variant, in
a balanced order drawn from the seed. A finished trial is on disk before the next
one starts: Ctrl-C keeps them all, and --resume goes on where a run was stopped.`,
		Example: `  assay run scenarios/steady-open.yaml
  assay run --out /tmp/run --seed 42 --blocks 20 scenarios/*.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			if err := complete(c, &o, args); err != nil {
				return err
			}
			return campaign.Run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	inputFlags(c, &o.Inputs)
	bundleFlags(c, &o)
	f := c.Flags()
	f.BoolVar(&o.Resume, "resume", false, "go on with the bundle in --out; only --blocks may grow")
	f.BoolVar(&o.Plain, "no-progress", false, "plain lines instead of a progress bar")
	return c
}
