package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/load"
)

func newVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Check that a bundle is readable and as it was written",
		Long: `Check that a bundle is readable and as it was written: its schema version, every
trial and histogram, and the SHA-256 of every file. Exit status 0 means intact,
1 that something differs or cannot be read.`,
		Example: `  assay verify results/runs/published
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
			if len(found) > 0 {
				return errors.Join(found...)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: intact: %d trials, %d of them valid, every file as it was written\n",
				args[0], len(run.Trials), len(run.Valid()))
			return err
		},
	}
}

// warn says on stderr what was passed over, one line each.
func warn(cmd *cobra.Command, problems []error) {
	for _, p := range problems {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %v\n", cmd.Root().Name(), p)
	}
}
