package perfcheck

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Command returns the command `assay perf-check`.
func Command() *cobra.Command { return command(child.Self) }

// command makes the command with another way to find this program, for tests.
func command(self func() (string, error)) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:   "perf-check BASE [HEAD]",
		Short: "Check whether HEAD is slower than BASE, on this machine, as CI does",
		Long: `Say whether HEAD (default: the commit that is checked out) is slower than BASE, on
this machine: what CI does, without CI.

Both commits are checked out in a temporary folder as base/ and head/, and measured
in interleaved blocks by the scenarios of BASE and by the Go benchmarks that each
has, every program linked anew for each block. The gate looks after 6, 10, 14 and 20
blocks. A regression or a pass is final at any look, nothing passes before ten blocks,
and a check that more blocks would hardly decide ends after ten.

After a regression some more blocks are made in which the servers are profiled, and the
functions and the endpoint that explain most of it are named (see assay explain). That
takes two to five minutes, needs server.profile in a scenario, and never changes the
verdict; --explain never leaves it out.

Harness and analysis are HEAD's if the repository is Assay, else this program.
Uncommitted changes are not measured.

Exit status: 0 pass; 1 regression; 2 it could not be told, because of wrong usage or
a failure; 3 inconclusive. Interrupted, it leaves no process and no checkout behind;
the bundle keeps every finished trial.`,
		Example: `  assay perf-check origin/main
  assay perf-check --short --scenarios perf/search.yaml --micro ./... main HEAD`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return wrongCount(len(args))
			}
			return o.check()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Base, o.Head = args[0], "HEAD"
			if len(args) == 2 {
				o.Head = args[1]
			}
			return run(cmd, o, self)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Short, "short", false, "make a check of about two minutes, with the scenarios in short/")
	f.BoolVar(&o.Control, "control", false, "include the positive control, with the scenarios in control/")
	f.StringVar(&o.Out, "out", "", "`DIR` for bundle/, verdict.json and summary.md (default: results/runs/check-TIME in Assay's repository, else perf-check-TIME)")
	f.StringArrayVar(&o.Scenarios, "scenarios", nil, "`PATH` of a file, or of a folder of *.yaml, in BASE; a path that begins with / or ./ or ../ is a path on the disk (repeatable; default: "+usualScenarios+", and with --micro none if BASE has no such folder)")
	f.StringArrayVar(&o.Packages, "micro", nil, "`PKG` whose Go benchmarks are compared (repeatable; default: a small selection for Assay itself, else none)")
	f.StringVar(&o.Bench, "bench", "", "`REGEXP` that selects Go benchmarks (default: "+everyBenchmark+")")
	f.StringVar(&o.Benchtime, "benchtime", "", "`TIME` of each Go benchmark (default: "+usualBenchtime+")")
	f.StringArrayVar(&o.Margins, "margin", nil, "`MARGIN` of the gate, like 5% or p99=10% (repeatable)")
	f.StringVar(&o.Foreign, "foreign-limit", "", "`SHARE` of a CPU that other programs may take before a block is void (default: 20%)")
	f.StringVar(&o.Explain, "explain", explainRegression, "`WHEN` to profile more blocks and name what is slower: never, regression or always")
	f.StringVar(&o.Repo, "repo", "", "`DIR` in the repository (default: the current folder)")
	f.StringVar(&o.Why, "why", "", "`FILE` for the reason if the check could not be made")
	f.StringVar(&o.Source, "source", "", "`URL` of the files of HEAD, for links in summary.md")
	f.BoolVar(&o.Patient, "patient", false, "make every look, even where more blocks would hardly decide the check")
	for _, name := range []string{"why", "source", "patient"} { // for the action and for perf-bisect
		if err := f.MarkHidden(name); err != nil {
			panic(err)
		}
	}
	return cmd
}

// run makes the check that a command line asks for. It handles signals until
// everything is cleaned up.
func run(cmd *cobra.Command, o Options, self func() (string, error)) error {
	path, err := self()
	if err != nil {
		return usage.Errorf("find this program: %w", err)
	}
	errs := cmd.ErrOrStderr()
	ctx, signals := child.Catch(context.WithoutCancel(cmd.Context()))
	defer signals.Release()
	defer context.AfterFunc(ctx, func() { Say(errs, "interrupted") })()
	c := &Check{Options: o, Self: path, Stdout: cmd.OutOrStdout(), Stderr: errs}
	status, err := c.Run(ctx, signals.Again())
	var interrupted *child.Interrupted
	switch {
	case errors.As(err, &interrupted):
		return &program.Status{Code: interrupted.Status()}
	case err != nil:
		Say(errs, "%v", err)
		if err := explain(o.Why, err); err != nil {
			Say(errs, "%v", err)
		}
		return &program.Status{Code: unusable}
	case status != pass:
		return &program.Status{Code: status}
	}
	return nil
}

// explain writes the reason of a failure to a file, if the user asked for one.
func explain(path string, failure error) error {
	if path == "" {
		return nil
	}
	text := "perf-check: " + failure.Error() + "\n"
	var f *Failure
	if errors.As(failure, &f) && f.Said != "" {
		text = f.Said + "\n" + text
	}
	return results.WriteFile(path, []byte(text))
}
