package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// slimCommand makes the form of a bundle that a repository carries. It fails if the new
// folder exists, or if the bundle was changed since it was written.
func slimCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "slim BUNDLE NEW",
		Short: "Make a copy of a finished bundle that is small enough to be committed",
		Long: `Make a copy of a finished bundle that is small enough to be committed. Its report
is the same. One archive.zip holds the trials: their records and the samples of
their servers unchanged, but of the histograms only the response times (under closed
load, the service times). The new bundle carries the SHA256SUMS of the finished one,
which is only read; keep the finished one in a release.

Every command of the analysis reads the new bundle. Neither blocks nor Go benchmarks
can be added to it.`,
		Example: `  assay slim results/runs/today results/runs/published
  assay slim results/runs/today small && assay verify small --full results/runs/today`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage.Errorf("slim wants a bundle and the name of a new one, not %d arguments (see `%s --help`)", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			b, err := results.Open(args[0])
			if err != nil {
				return err
			}
			// A run that was killed can still be resumed, and its trials may become
			// more.
			if b.Manifest.State == results.StateRunning {
				return fmt.Errorf("slim %s: the run has not ended", args[0])
			}
			return results.Slim(args[0], args[1])
		},
	}
}
