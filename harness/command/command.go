// Package command is the command line of the harness: it turns scenario files into
// bundles of results. It starts the servers, drives the load and records what
// happened. It neither compares variants nor gives a verdict on them; the analysis
// does that. A run ends with a summary of each variant by itself. A search judges
// single trials only to decide which rate to try next.
//
// Exit status: 0 done; 1 failed, interrupted, or too many blocks lost; 2 wrong usage
// or an invalid scenario.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
)

// Run executes one command of the program and returns its exit status. An error is
// printed on stderr. The end of ctx interrupts the command, which then ends what it
// started.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := program.New("harness", "Measure HTTP servers as scenario files say", Commands())
	return program.Run(ctx, root, args, stdin, stdout, stderr)
}

// Commands returns the commands of the harness, for a program that offers them among
// others. Some of them are hidden, because only other commands start them.
func Commands() []*cobra.Command {
	all := []*cobra.Command{
		runCommand(), attackCommand(), microCommand(), searchCommand(), initCommand(), validateCommand(), tryCommand(), planCommand(), slimCommand(),
		schemaCommand(), doctorCommand(), workerCommand(), answerServerCommand(), benchSelfCommand(), selfLoadCommand(),
	}
	for _, c := range all {
		// Every command may load a scenario, so all of them print its errors alike.
		do := c.RunE
		c.RunE = func(c *cobra.Command, args []string) error { return explained(c, do(c, args)) }
	}
	return all
}

// explained prints the errors of scenario files unchanged, because each line begins with
// a file and a position, in the form that editors recognise. The status is that of wrong
// usage. Other errors are returned as they are.
func explained(c *cobra.Command, err error) error {
	var invalid scenario.Errors
	if !errors.As(err, &invalid) {
		return err
	}
	fmt.Fprintln(c.ErrOrStderr(), plain.Text(invalid.Error()))
	return &program.Status{Code: program.Wrong}
}

// noArgs accepts flags only. An argument is wrong usage.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage.Errorf("%s takes no argument, not %q (see `%s --help`)", c.Name(), args[0], c.CommandPath())
	}
	return nil
}

// someFiles requires at least one scenario file. Whether the files exist is found out
// when they are read.
func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage.Errorf("no scenario file given (see `%s --help`)", c.CommandPath())
	}
	return nil
}
