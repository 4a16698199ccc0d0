// Command analysis turns bundles and Go benchmark files into numbers with
// intervals, comparisons, plots and a report. It reads what the harness wrote
// and starts nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// status is an exit status that a command chose, with what to say on stderr, if
// anything.
type status struct {
	code int
	err  error
}

func (s *status) Error() string {
	if s.err == nil {
		return fmt.Sprintf("exit status %d", s.code)
	}
	return s.err.Error()
}

func (s *status) Unwrap() error { return s.err }

// run is the program: it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var s *status
	code := exitFailed
	switch {
	case errors.As(err, &s):
		code, err = s.code, s.err
	case errors.Is(err, compare.ErrUsage), isUsage(err):
		code = exitUsage
	}
	if err != nil {
		fmt.Fprintf(stderr, "analysis: %v\n", err)
	}
	return code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "analysis",
		Short:         "Turn measurements into numbers with intervals, comparisons, plots and a report",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newReport(), newCheck(), newCompare(), newGate(), newBench(), newTrend(), newAnnotate(), newVerify(), newRates())
	for _, c := range root.Commands() {
		check := c.Args
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &usageError{fmt.Errorf("%s: %w; see analysis %s --help", cmd.Name(), err, cmd.Name())}
			}
			return nil
		}
	}
	return root
}

// usageError marks a command line that cannot be understood.
type usageError struct{ error }

func (u *usageError) Unwrap() error { return u.error }

// isUsage reports whether an error is of the command line's making. Cobra has no
// types for a command that does not exist and for flags that exclude each other.
func isUsage(err error) bool {
	var u *usageError
	return errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") || strings.HasPrefix(err.Error(), "if any flags in the group")
}
