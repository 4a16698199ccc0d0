package perfaction

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/program"
)

// Command returns the command `assay perf-action`. It is the action's step and not a
// command for people, who have `assay perf-check`.
func Command() *cobra.Command { return command(child.Self) }

// command makes the command with another way to find this program, for tests.
func command(self func() (string, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "perf-action",
		Short: "Check a commit as the GitHub action perf-check does",
		Long: `Compare two commits of the repository in the current folder by perf-check, and say in
GitHub's terms what came of it.

The environment has the action's inputs: SCENARIOS, MICRO and MARGIN, one a line; BASE,
HEAD, SHORT, CONTROL, EXPLAIN, INCONCLUSIVE, REGRESSION and HISTORY. GITHUB_OUTPUT and
GITHUB_STEP_SUMMARY are files to append to; without them outputs are dropped and the
summary is printed. GITHUB_SERVER_URL and GITHUB_REPOSITORY say what the summary links
to. The results are in a new folder in RUNNER_TEMP.

Exit status: 0 passed, or a verdict that only warns; 1 regression; 2 the check could not
be made; 3 inconclusive.`,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(cmd *cobra.Command, _ []string) error { return run(cmd, self) },
	}
}

// run makes the check that the environment asks for. If it could not be made, the job
// fails, and the output "verdict" says that there is none.
func run(cmd *cobra.Command, self func() (string, error)) error {
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	c := &check{
		workflow: workflow{log: cmd.OutOrStdout(), outputs: os.Getenv("GITHUB_OUTPUT"), summary: os.Getenv("GITHUB_STEP_SUMMARY")},
		temp:     cmp.Or(os.Getenv("RUNNER_TEMP"), os.TempDir()),
		stderr:   cmd.ErrOrStderr(),
		run:      &child.Runner{Again: signals.Again()},
	}
	verdict, err := c.from(ctx, os.Getenv, self)
	var interrupted *child.Interrupted
	switch {
	case errors.As(context.Cause(ctx), &interrupted):
		return &program.Status{Code: interrupted.Status()}
	case err != nil:
		c.unmute()
		c.fail("The performance check could not be made", err.Error())
		if err := c.output("verdict", unusable); err != nil {
			fmt.Fprintf(c.stderr, "perf-action: set the output: %v\n", err)
		}
		return &program.Status{Code: program.Wrong}
	case verdict == regression && c.FailRegression:
		return &program.Status{Code: program.Failed}
	case verdict == inconclusive && c.FailInconclusive:
		return &program.Status{Code: program.Undecided}
	}
	return nil
}

// from makes the check that the inputs in an environment ask for.
func (c *check) from(ctx context.Context, env func(string) string, self func() (string, error)) (verdict string, err error) {
	if c.Inputs, err = readInputs(env); err != nil {
		return "", err
	}
	if server, repository := env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"); server != "" && repository != "" {
		c.files = server + "/" + repository
	}
	if c.self, err = self(); err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if c.History != "" {
		if err := os.MkdirAll(c.History, 0o755); err != nil {
			return "", err
		}
	}
	return c.perform(ctx)
}
