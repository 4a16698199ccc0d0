// Package command is the command line of the analysis: it turns bundles and Go
// benchmark files into numbers with intervals, comparisons, plots and a report. It
// reads what the harness wrote and starts nothing.
package command

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Run is the program: it executes one command and returns the exit status. An error is
// printed on stderr as one message. The end of ctx interrupts the command, and counts as
// a failure.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := program.New("analysis", "Turn measurements into numbers with intervals, comparisons, plots and a report", Commands())
	return program.Run(ctx, root, args, stdin, stdout, stderr)
}

// pages is how pages with generated parts are read and written. A page that a command
// replaces is written as a whole or not at all.
func pages() inpage.Files {
	return inpage.Files{Read: results.ReadRegular, Write: results.WriteFile}
}

// Commands returns the commands, for a program that offers them beside others. Warnings
// of the commands begin with the name of the root command to which the caller adds them.
func Commands() []*cobra.Command {
	all := []*cobra.Command{
		newReport(), newExplore(), newCheck(), newCompare(), newGate(), newBench(), newTrend(), newAnnotate(), newVerify(), newRates(), newExplained(), newSimulate(), newExplain(),
	}
	for _, c := range all {
		// Every command treats mistakes on the command line alike: exit status 2, and
		// where to find help.
		check, do := c.Args, c.RunE
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage.Errorf("%s: %w; see `%s --help`", c.Name(), err, c.CommandPath())
			}
			return nil
		}
		c.RunE = func(c *cobra.Command, args []string) error {
			err := do(c, args)
			if errors.Is(err, compare.ErrUsage) {
				return usage.Mark(err)
			}
			return err
		}
	}
	return all
}
