package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/campaign"
	"github.com/assay-bench/assay/internal/usage"
)

// tryCommand is for a look at single answers before thousands are measured. It uses the
// same servers, setup and checks as a trial, and records nothing. It takes the lock of
// the machine all the same, because the servers that it starts would disturb a
// measurement.
func tryCommand() *cobra.Command {
	var in campaign.Inputs
	var variant string
	c := &cobra.Command{
		Use:   "try FILE",
		Short: "Start a scenario's servers and send each of its requests once",
		Long: `Start the servers of a scenario, send the requests of setup and the first request of
every target once, and print each with its status, its time and what was checked and
extracted. Secrets, and what was extracted, are blanked.

Nothing is measured and nothing is written. The exit status is 1 if an answer is not
one that counts as ok.`,
		Example: `  assay try my-server.yaml
  assay try --variant workerpool scenarios/steady-open.yaml`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage.Errorf("try wants one scenario file, not %d (see `%s --help`)", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			in.Files = args
			return campaign.Try(c.Context(), in, variant, c.OutOrStdout())
		},
	}
	remoteFlag(c, &in.AllowRemote)
	c.Flags().StringVar(&variant, "variant", "", "`NAME` of the variant that is tried (default: the first)")
	return c
}
