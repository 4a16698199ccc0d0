// Package command is the command line of the harness: it turns scenario files
// into bundles of results. It starts the servers, drives the load and records what
// happened. It compares no variants and gives no verdict on them; that is the
// analysis's part. A run ends with a summary of every variant by itself, and a
// search decides from single trials which rate to try next.
//
// Exit status: 0 done; 1 failed, interrupted, or too many blocks lost; 2 wrong
// usage or an invalid scenario.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
)

// Run is the program: it executes one command and returns the exit status.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := program.New("harness", "Measure HTTP servers as scenario files say", Commands())
	return program.Run(ctx, root, args, stdin, stdout, stderr)
}

// Commands returns the commands, for a program that offers them beside others.
func Commands() []*cobra.Command {
	all := []*cobra.Command{
		runCommand(), attackCommand(), microCommand(), searchCommand(), validateCommand(), planCommand(), slimCommand(),
		schemaCommand(), doctorCommand(), answerServerCommand(), benchSelfCommand(), selfLoadCommand(),
	}
	for _, c := range all {
		do := c.RunE
		c.RunE = func(c *cobra.Command, args []string) error { return explained(c, do(c, args)) }
	}
	return all
}

// explained prints what is wrong with scenario files as it is: each line of it
// begins with a file and a position, as editors like it.
func explained(c *cobra.Command, err error) error {
	var invalid scenario.Errors
	if !errors.As(err, &invalid) {
		return err
	}
	fmt.Fprintln(c.ErrOrStderr(), invalid)
	return &program.Status{Code: program.Wrong}
}

// noArgs wants flags alone.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage.Errorf("%s takes no argument, not %q (see `%s --help`)", c.Name(), args[0], c.CommandPath())
	}
	return nil
}

// someFiles wants at least one scenario file.
func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage.Errorf("no scenario file given (see `%s --help`)", c.CommandPath())
	}
	return nil
}
