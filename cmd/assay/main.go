// Command assay contains all of Assay: it measures HTTP servers as scenario files
// say, and turns the measurements into reports, comparisons and verdicts. Its
// commands are those of bin/harness and bin/analysis. No other program imports both.
package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	analysis "github.com/assay-bench/assay/analysis/command"
	"github.com/assay-bench/assay/cmd/assay/internal/benchbisect"
	"github.com/assay-bench/assay/cmd/assay/internal/benchexplain"
	"github.com/assay-bench/assay/cmd/assay/internal/benchgate"
	"github.com/assay-bench/assay/cmd/assay/internal/man"
	"github.com/assay-bench/assay/cmd/assay/internal/perfaction"
	"github.com/assay-bench/assay/cmd/assay/internal/perfbisect"
	"github.com/assay-bench/assay/cmd/assay/internal/perfcheck"
	"github.com/assay-bench/assay/cmd/assay/internal/perfcomment"
	"github.com/assay-bench/assay/cmd/assay/internal/publish"
	"github.com/assay-bench/assay/cmd/assay/internal/scratch"
	harness "github.com/assay-bench/assay/harness/command"
	"github.com/assay-bench/assay/internal/program"
)

func main() { program.Main(run) }

// run executes one command and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer scratch.Adopt()()
	return program.Run(ctx, root(), args, stdin, stdout, stderr)
}

// root makes the command that has those of all programs.
func root() *cobra.Command {
	return program.New("assay", "Benchmark HTTP servers as scenario files say, and evaluate the results",
		slices.Concat(harness.Commands(), analysis.Commands(), own()))
}

// own returns the commands that need both halves of Assay, or the whole list of
// commands. Each is a package in cmd/assay/internal.
func own() []*cobra.Command {
	return append(publish.Commands(), perfcheck.Command(), perfbisect.Command(), perfaction.Command(), perfcomment.Command(), benchgate.Command(), benchbisect.Command(analysis.Commands), benchexplain.Command(), man.Command())
}
