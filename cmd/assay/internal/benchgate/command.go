package benchgate

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
)

// interrupted is the exit status of a series that any signal ended.
const interrupted = 130

// Command returns the command `assay bench-gate`.
func Command() *cobra.Command { return command(child.Self) }

// command makes the command with another way to find this program, for tests.
func command(self func() (string, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "bench-gate",
		Short: "Measure how often the regression gate is wrong, by many checks of known commits",
		Long: `Measure how often the regression gate is wrong: many complete short checks of commits
whose difference is known. Three kinds, interleaved:

  aa    the same commit twice: there is nothing to find
  slow  the head's simulated store is 10 % slower: a regression
  load  the same commit twice, while another program wants a core in every
        second block

The environment says how many of each there are: AA=20, SLOW=10, LOAD=5. The command
runs in Assay's repository.

Every complete check is a folder results/runs/gate/KIND-NN. Those that are there are
not made again, so an interrupted series is continued by starting it anew; it stays
with the commit it was begun with. When all are there, the recordings in results/gate
are made of them, and the rates in analysis/GATE.md of these; until then both are
those of the series before.

Exit status: 0 done; 1 a check could not be made; 2 usage; 130 interrupted.`,
		Example: `  assay bench-gate
  AA=2 SLOW=1 LOAD=0 assay bench-gate`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage.Errorf("%s takes no argument, not %q (see `%s --help`)", cmd.Name(), args[0], cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd, self) },
	}
}

// run makes the missing checks of the series. A wrong environment variable is wrong
// usage.
func run(cmd *cobra.Command, self func() (string, error)) error {
	dir, err := filepath.Abs(runsFolder)
	if err != nil {
		return err
	}
	b := &bench{stdout: cmd.OutOrStdout(), stderr: cmd.ErrOrStderr()}
	if b.series, err = newSeries(dir, os.LookupEnv); err != nil {
		return usage.Mark(err)
	}
	if b.self, err = self(); err != nil {
		return err
	}
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	b.run = &child.Runner{Again: signals.Again()}
	err = b.measure(ctx)
	var signal *child.Interrupted
	switch {
	case err == nil:
		return nil
	case errors.As(err, &signal), errors.Is(err, errInterrupted):
		b.say("%v", errInterrupted)
		return &program.Status{Code: interrupted}
	}
	b.say("%v", err)
	return &program.Status{Code: program.Failed}
}
