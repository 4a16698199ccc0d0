package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// newVerify reads everything and not only the hashes: a bundle may be as it was written
// and still not readable. All differences are reported, each on a line of its own, and
// not only the first.
func newVerify() *cobra.Command {
	var full string
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Check that a bundle is readable and as it was written",
		Long: `Check that a bundle is readable and as it was written: its schema version, every
trial and histogram, and the SHA-256 of every file. Exit status 0 means intact,
1 that something differs or cannot be read.

A slim bundle carries the sums of the bundle that it was made from, and what it
keeps of it unchanged is held against them. With --full it is compared with that
bundle: every histogram has to be the one that the full log gives.`,
		Example: `  assay verify results/runs/published
  assay verify results/runs/published --full results/runs/today
  assay verify results/runs/today && assay report results/runs/today -o today.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return err
			}
			found, err := run.Verify()
			if err != nil {
				return err
			}
			if full != "" {
				differences, err := results.VerifyFull(args[0], full)
				if err != nil {
					return err
				}
				found = append(found, differences...)
			}
			if len(found) > 0 {
				return errors.Join(found...)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: intact: %d trials, %d of them valid, every file as it was written%s\n",
				plain.Line(args[0]), len(run.Trials), len(run.Valid()), origin(run, full))
			return err
		},
	}
	cmd.Flags().StringVar(&full, "full", "", "the `bundle` that a slim one was made from")
	return cmd
}

// origin says of a slim bundle how far it was held against the full one. It is empty for
// a full bundle.
func origin(run *load.Run, full string) string {
	switch {
	case !run.Slim():
		return ""
	case full == "":
		return "; a slim bundle: its trials have the sums that the full one lists (--full compares the histograms too)"
	}
	return "; a slim bundle, made from " + full
}

// warn says on stderr what was passed over, one line each. The lines begin with the name
// of the program and "warning:". A warning does not change the exit status.
func warn(cmd *cobra.Command, problems []error) {
	for _, p := range problems {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %v\n", cmd.Root().Name(), plain.Line(p.Error()))
	}
}
