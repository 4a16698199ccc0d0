package command

import (
	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/answer"
	"github.com/assay-bench/assay/harness/internal/doctor"
)

func doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say in under a minute whether this machine is fit to measure",
		Long: `Say in under a minute whether this machine is fit to measure.

The environment is looked at, the pacing and the cost of the generator are
measured, and the known-answer tests are made: servers whose latency is known
are measured, and what is reported is compared with the truth, from arithmetic
and from the server's own clock. A test that fails is made twice more, and the
middle of the three results counts: it takes some seconds longer then. The result
of these tests is kept, and goes into the bundles of later runs of this build on
this machine.

Exit status: 0 fit, 1 not fit, or it could not be found out.`,
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

// answerServerCommand is the child of the known-answer tests.
func answerServerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    answer.ServeCommand + " ADDRESS BEHAVIOUR",
		Short:  "Serve with a known latency (used by doctor)",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE:   func(c *cobra.Command, args []string) error { return answer.Serve(c.Context(), args) },
	}
}
