// Package program contains what the command-line programs have in common: one root
// command, errors as `program: what: why` on stderr, the exit status, and the
// version. It does not know any of their commands.
//
// Exit status: 0 done; 1 failed or interrupted; 2 wrong usage; 3 undecided. A command chooses
// another exit status by returning a *Status.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/internal/version"
)

// Exit statuses that have the same meaning in every command.
const (
	Done      = 0
	Failed    = 1
	Wrong     = 2 // the command line, or an input that it names, is wrong
	Undecided = 3 // the answer needs more measurements than there are
)

// Status is an exit status that a command chose, with an error for stderr. If Err is
// nil, nothing is printed, because the command has already said what happened.
type Status struct {
	// Code is the exit status of the process, from 0 to 255.
	Code int
	Err  error
}

// Error returns the message of Err, or names the exit status if there is none.
func (s *Status) Error() string {
	if s.Err == nil {
		return fmt.Sprintf("exit status %d", s.Code)
	}
	return s.Err.Error()
}

// Unwrap returns Err, which may be nil.
func (s *Status) Unwrap() error { return s.Err }

// New returns the root command of a program.
func New(name, short string, commands []*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use:               name,
		Short:             short,
		Version:           version.Text(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usage.Errorf("unknown command %q: `%s --help` lists them", args[0], name)
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage.Errorf("%w (see `%s --help`)", err, c.CommandPath())
	})
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.AddCommand(commands...)
	root.AddCommand(completionCommand(name))
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" { // cobra's own command, which has no example
			c.Example = fmt.Sprintf("  %[1]s help %[2]s\n  %[1]s help completion", name, commands[0].Name())
		}
	}
	return root
}

// Run executes the command that args name, and returns the exit status.
func Run(ctx context.Context, root *cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return Done
	}
	code := Failed
	var s *Status
	var wrong *usage.Error
	switch {
	case errors.As(err, &s):
		code = s.Code
		if s.Err == nil {
			return code
		}
	case errors.As(err, &wrong), excluded(err):
		code = Wrong
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		err = errors.New("interrupted")
	}
	fmt.Fprintf(stderr, "%s: %s\n", root.Name(), plain.Text(err.Error()))
	return code
}

// excluded reports whether an error is about flags that exclude each other. Cobra
// has no error type for this.
func excluded(err error) bool { return strings.HasPrefix(err.Error(), "if any flags in the group") }

// Main is the main function of a program: it calls run with the arguments and
// streams of the process, and then ends the process. A signal that ends it cancels the
// context of the command; a second one ends the process at once, and its children
// die with it.
func Main(run func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), ending()...)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// ending are the signals that end a command in order. A signal that was ignored when the
// program started stays so, such as SIGHUP under nohup.
func ending() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}
