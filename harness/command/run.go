package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
)

// runCommand measures scenarios. What can go wrong goes wrong before the first trial:
// files, flags, the folder, the machine's lock.
func runCommand() *cobra.Command {
	var o campaign.Options
	c := &cobra.Command{
		Use:   "run FILE...",
		Short: "Run scenarios in interleaved blocks and record the trials in a bundle",
		Long: `Run scenarios and record the trials in a bundle, a folder that holds everything
about the run.

Every trial starts its server afresh. A block holds one trial of every variant, in
a balanced order drawn from the seed. Each finished trial is on disk before the
next one starts: Ctrl-C keeps all of them, and --resume continues a run that was
stopped.`,
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
	f.BoolVar(&o.Resume, "resume", false, "continue the bundle in --out; of the options only --blocks may change, and only grow")
	f.BoolVar(&o.Plain, "no-progress", false, "print plain lines instead of a progress bar")
	return c
}
