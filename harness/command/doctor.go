package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/doctor"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// doctorCommand ends with status 1 on a machine that is not fit, so that a script can
// ask before it measures. It takes the lock of the machine, as a run does, and stores
// the results for later runs.
func doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out in under a minute whether this machine is fit to measure",
		Long: `Find out in under a minute whether this machine is fit to measure.

Doctor inspects the environment, measures the pacing and the cost of the
generator and the highest open rate that it holds, and runs the known-answer tests: it measures servers whose latency is
known, and compares the result with the truth, which comes from arithmetic and
from the server's own clock. A test that fails is repeated twice, which takes some
seconds, and the middle one of the three results counts. The results of these
tests are stored, and are copied into the bundles of later runs of this build on
this machine.

Exit status: 0 the machine is fit; 1 it is not, or doctor could not find out.`,
		Example: `  assay doctor
  assay doctor --json | jq '.items[] | select(.verdict != "good")'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return doctor.Examine(c.Context(), asJSON, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// answerServerCommand is the server process of the known-answer tests. Its behaviour is
// an argument in JSON, and it serves until its parent ends it.
func answerServerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    knownanswer.ServeCommand + " ADDRESS BEHAVIOUR",
		Short:  "Serve with a known latency (used by doctor)",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE:   func(c *cobra.Command, args []string) error { return knownanswer.Serve(c.Context(), args) },
	}
}
