package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

func slimCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "slim BUNDLE",
		Short: "Make a copy of a finished bundle small enough to be committed",
		Long: `Make a finished bundle small enough to be committed, in place: give it a copy.
Responses, or under closed load services, stay by the second; the other parts of
a request become one histogram a trial, without the warm-up. A report of it is
the same. A bundle that was changed is refused, and so is one in which this was
interrupted: start again from a new copy.`,
		Example: `  cp -R results/runs/today results/runs/small && assay slim results/runs/small
  assay slim results/runs/published`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage.Errorf("slim wants one bundle, not %d (see `%s --help`)", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			b, err := results.Open(args[0])
			if err != nil {
				return err
			}
			if b.Manifest.State == results.StateRunning {
				return fmt.Errorf("slim %s: the run has not ended", args[0])
			}
			return results.Slim(args[0])
		},
	}
}
