package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/internal/usage"
)

// searchCommand takes one file, because its trials are adaptive and leave no blocks to
// interleave with other scenarios. The findings are printed, and stored in the bundle
// with all trials. A rate that does not hold is a result, and no failure.
func searchCommand() *cobra.Command {
	var o campaign.Options
	var on string
	c := &cobra.Command{
		Use:   "search FILE",
		Short: "Find the highest rate at which each variant holds the scenario's objectives",
		Long: `Find the highest rate at which each variant of an open-load scenario holds its
objectives. The search doubles the rate, then bisects to within 5 %, and tries every
rate three times. A confirming run of as many blocks as the scenario has comes last.
The bundle holds every trial, and with them the whole curve of latency against rate.

The search stops where the generator or the scenario's connections, and not the
server, are what makes a rate miss its objectives.`,
		Example: `  assay search scenarios/steady-open.yaml
  assay search --only steady-open/naive --out results/runs/capacity scenarios/steady-open.yaml`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage.Errorf("search wants one scenario file, not %d (see `%s --help`)", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if on != "" {
				return usage.Errorf("search --on %s: a search runs on one machine, because it changes the load while it goes on, and workers are sent it once: to try rates on several hosts, use `run --on %s` with the rate in the matrix", on, on)
			}
			if err := complete(c, &o, args); err != nil {
				return err
			}
			return campaign.Search(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	inputFlags(c, &o.Inputs)
	bundleFlags(c, &o)
	c.Flags().StringVar(&on, "on", "", "not for a search")
	_ = c.Flags().MarkHidden("on") // the flag is there
	foreignFlag(c.Flags(), &o.Foreign)
	return c
}
