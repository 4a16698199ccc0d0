package publish

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/program"
)

// Commands returns `assay publish` and `assay bundle-state`. They are steps of
// scripts/bench-all.sh, not commands for people.
func Commands() []*cobra.Command {
	return []*cobra.Command{publishCommand(), stateCommand()}
}

// publishCommand makes and reports by processes of this program, so that an interrupt
// ends whatever is under way.
func publishCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "publish RUN [SEARCH]",
		Short:  "Publish a run, and a search with it, and write BENCHMARKS.md",
		Hidden: true,
		Args:   cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			self, err := child.Self()
			if err != nil {
				return err
			}
			ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
			defer signals.Release()
			run := &child.Runner{Again: signals.Again()}
			// Both commands are this program's own: what is published never depends on
			// which build lies around.
			call := func(ctx context.Context, args ...string) error {
				c := exec.Command(self, args...)
				c.Stdout, c.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
				return run.Run(ctx, c)
			}
			tools := Tools{
				Slim:   func(ctx context.Context, bundle, into string) error { return call(ctx, "slim", bundle, into) },
				Report: func(ctx context.Context) error { return call(ctx, "report") },
			}
			search := ""
			if len(args) == 2 {
				search = args[1]
			}
			if err := Publish(ctx, tools, args[0], search, cmd.OutOrStdout()); err != nil {
				return &program.Status{Code: program.Failed, Err: err}
			}
			return nil
		},
	}
}

// stateCommand answers a script that continues a run which was stopped. It prints
// nothing for a folder without a bundle.
func stateCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "bundle-state BUNDLE",
		Short:  "Print how the run of a bundle ended: running, complete, interrupted or failed",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			state, err := State(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), state)
			return err
		},
	}
}
