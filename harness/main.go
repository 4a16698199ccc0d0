// Command harness measures: it turns scenario files into bundles of results. It
// starts the servers, drives the load, records what happened, and judges
// nothing; that is the analysis's part.
//
// Exit status: 0 done; 1 failed, interrupted, or too many blocks lost; 2 wrong
// usage or an invalid scenario.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// version is that of the source: a tag, or date and commit.
var version = builtFrom()

func builtFrom() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once; children die with it.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "harness",
		Short:         "Measure HTTP servers as scenario files say",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usagef("no command %q: `harness --help` lists them", args[0])
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w (see `%s --help`)", err, c.CommandPath())}
	})
	root.AddCommand(runCommand(), attackCommand(), microCommand(), searchCommand(), validateCommand(), planCommand(), slimCommand(), schemaCommand(), doctorCommand(), answerServerCommand(), benchSelfCommand(), selfLoadCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var invalid scenario.Errors
	var usage *usageError
	switch {
	case errors.As(err, &invalid):
		fmt.Fprintln(stderr, invalid)
		return 2
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "harness: %v\n", err)
		return 2
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(stderr, "harness: interrupted")
	default:
		fmt.Fprintf(stderr, "harness: %v\n", err)
	}
	return 1
}

// usageError is a wrong command line.
type usageError struct{ error }

func (u *usageError) Unwrap() error { return u.error }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// noArgs wants flags alone.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, not %q (see `%s --help`)", c.Name(), args[0], c.CommandPath())
	}
	return nil
}

// someFiles wants at least one scenario file.
func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("no scenario file given (see `%s --help`)", c.CommandPath())
	}
	return nil
}
