package benchexplain

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
)

// interrupted is the exit status of a series that any signal ended.
const interrupted = 130

// mostRounds limits the number of rounds, whose names have two digits.
const mostRounds = 99

// Command returns the command `assay bench-explain`.
func Command() *cobra.Command { return command(child.Self) }

// command makes the command with another way to find this program, for tests.
func command(self func() (string, error)) *cobra.Command {
	b := &bench{}
	cmd := &cobra.Command{
		Use:   "bench-explain",
		Short: "Measure how often explain names the right cause, by known slowdowns of the server",
		Long: `Measure how often explain names the right cause, by known slowdowns of the built-in
server. A round measures and profiles a server as it is, three that are like it, and six
that are slower in a known way, in interleaved trials: serialisation, allocations, a
lock, a slower query, more work for the collector, and one endpoint of three.

The command runs in Assay's repository, after make build. Every complete round is a
folder round-NN of --runs. Those that are there are not made again, so an interrupted
series is continued by starting it anew. After each round, what explain says of all of
them is recorded in --records, and the figures are put into --page.

Exit status: 0 done; 1 a round could not be made; 2 usage; 130 interrupted.`,
		Example: `  assay bench-explain
  assay bench-explain --rounds 2 --foreign-limit 200%`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage.Errorf("%s takes no argument, not %q (see `%s --help`)", cmd.Name(), args[0], cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.rounds < 0 || b.rounds > mostRounds {
				return usage.Errorf("--rounds %d: want a number from 0 to %d", b.rounds, mostRounds)
			}
			return b.run(cmd, self)
		},
	}
	f := cmd.Flags()
	f.IntVar(&b.rounds, "rounds", 10, "`number` of rounds; 0 makes none, and asks explain again about those that are there")
	f.StringVar(&b.limit, "foreign-limit", "20%", "void blocks in which other programs took more than this `PERCENT` of a CPU")
	f.StringVar(&b.runs, "runs", "results/runs/explain", "`folder` of the rounds")
	f.StringVar(&b.records, "records", "results/explain", "`folder` of the records")
	f.StringVar(&b.page, "page", "analysis/EXPLAIN.md", "Markdown `file` that gets the figures between its markers")
	f.StringVar(&b.scenario, "scenario", "scenarios/explain/known-slowdowns.yaml", "scenario `file` of a round")
	return cmd
}

// run makes the missing rounds, and then the records and the page. It always returns a
// status: that of an interrupt is 130, so that scripts stop too.
func (b *bench) run(cmd *cobra.Command, self func() (string, error)) (err error) {
	b.stdout, b.stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
	if b.self, err = self(); err != nil {
		return err
	}
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	b.child = &child.Runner{Again: signals.Again()}
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
