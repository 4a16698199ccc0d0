package command

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/self"
)

// benchSelfCommand implements `make bench-self`, which names the programs to compare
// with.
func benchSelfCommand() *cobra.Command {
	b := &self.Bench{}
	c := &cobra.Command{
		Use:    "bench-self",
		Short:  "Measure the generator beside vegeta and wrk (used by make bench-self)",
		Hidden: true,
		Args:   noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range []string{b.Vegeta, b.Wrk} {
				if _, err := exec.LookPath(name); err != nil {
					return fmt.Errorf("find the program to compare with: %w", err)
				}
			}
			release, err := host.Lock()
			if err != nil {
				return err
			}
			defer release()
			exe, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program, to start it: %w", err)
			}
			placement := host.Place()
			if err := host.Settle(placement); err != nil {
				return err
			}
			b.Servers = knownanswer.Place{Executable: exe, Placement: placement}
			b.Progress = c.ErrOrStderr()
			f, err := b.Run(c.Context())
			if err != nil {
				return err
			}
			return f.Print(c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVar(&b.Vegeta, "vegeta", "vegeta", "vegeta's `PROGRAM`")
	f.StringVar(&b.Wrk, "wrk", "wrk", "wrk's `PROGRAM`")
	f.IntVar(&b.Rounds, "rounds", 5, "interleaved rounds")
	return c
}

// selfLoadCommand makes Assay's own attack of bench-self, in a separate process.
func selfLoadCommand() *cobra.Command {
	return &cobra.Command{
		Use:    self.LoadCommand + " LOAD",
		Short:  "Make one attack (used by bench-self)",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return self.Load(c.Context(), args[0], host.Settle, c.OutOrStdout())
		},
	}
}
