package command

import (
	"bytes"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// newBench prints the text that benchstat reads. It makes it from the trials, and does
// not copy bench.txt: a run that was killed has trials and no such file. The output of
// Go benchmarks follows the trials after an empty line. Files that differ from their
// hashes give a warning on stderr, and are printed all the same.
func newBench() *cobra.Command {
	return &cobra.Command{
		Use:   "bench BUNDLE",
		Short: "Print a bundle's trials and Go benchmarks in Go benchmark format",
		Example: `  assay bench results/runs/published | go tool benchstat -col /variant -
  assay bench results/runs/today > today.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return err
			}
			// Nothing is printed before everything is read: half an output would look
			// like a smaller run to whatever reads the pipe.
			var out bytes.Buffer
			if err := results.WriteBench(&out, run.Bundle); err != nil {
				return err
			}
			if run.Micro() != nil {
				// micro.txt is in the same format, so that it needs no conversion.
				micro, err := results.ReadRegular(filepath.Join(run.Dir, results.MicroFile))
				if err != nil {
					return err
				}
				out.WriteByte('\n')
				out.Write(micro)
			}
			run.Examine()
			warn(cmd, run.Problems())
			_, err = out.WriteTo(cmd.OutOrStdout())
			return err
		},
	}
}
