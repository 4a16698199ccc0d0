package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// newCompare compares whatever load.Open understands: bundles and text of Go benchmarks,
// in any combination. It compares and does not judge: its exit status is 0 whatever
// differs. Tables go to stdout, and warnings on the inputs to stderr.
func newCompare() *cobra.Command {
	var o compare.Options
	var markdown, csv, json bool
	cmd := &cobra.Command{
		Use:   "compare A [B]",
		Short: "Compare the variants of one bundle, two bundles, or files of Go benchmarks",
		Long: `Compare the variants of one bundle, two bundles, or files of Go benchmarks.

Within one bundle, trials are paired by block. Two inputs were not interleaved, so
whatever the machine did between them is in the difference. Medians, deltas and the
p-values of unpaired inputs are benchstat's; effects are Hodges–Lehmann estimates.
Rows of a scenario that two bundles did not measure alike are shown and not judged.`,
		Example: `  assay compare results/runs/published --base naive --head workerpool
  assay compare old.txt new.txt --filter '.unit:sec/op'`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			sources, err := openAll(args)
			if err != nil {
				return err
			}
			res, err := effect.Run(sources, o)
			if err != nil {
				// A comparison that fails may fail because a file was changed, which is
				// then the thing to know.
				for _, s := range sources {
					if run, ok := s.(*load.Run); ok {
						warn(cmd, run.Changed())
					}
				}
				return err
			}
			if len(sources) == 2 {
				// The warning is no error: whoever compares two machines may mean to.
				if unlike := load.Unlike(sources[0], sources[1]); unlike != "" {
					warn(cmd, []error{fmt.Errorf("measured on machines that differ in %s: so may the numbers", unlike)})
				}
			}
			for _, line := range load.Environment(sources, o.Base, o.Head) {
				warn(cmd, []error{errors.New("base and head differ in more than code: " + line)})
			}
			warn(cmd, res.Problems)
			if json || csv { // the tables say it themselves
				for _, n := range res.Notes {
					warn(cmd, []error{errors.New(n)})
				}
			}
			out := cmd.OutOrStdout()
			switch {
			case json:
				return res.JSON(out)
			case csv:
				return res.CSV(out)
			case markdown:
				return res.Markdown(out)
			}
			return res.Text(out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "`variant` to compare with, within one input")
	f.StringVar(&o.Head, "head", "", "`variant` that is compared, within one input")
	f.StringVar(&o.Filter, "filter", "*", "use only results that match the benchproc `query`")
	f.StringVar(&o.Row, "row", ".fullname", "rows by distinct values of the benchproc `projection`")
	f.StringVar(&o.Col, "col", "", "columns by distinct values of the benchproc `projection` (default .file for two inputs, /variant for a bundle)")
	f.BoolVar(&markdown, "markdown", false, "print Markdown tables")
	f.BoolVar(&csv, "csv", false, "print comma-separated values")
	f.BoolVar(&json, "json", false, "print a JSON array of rows")
	cmd.MarkFlagsMutuallyExclusive("markdown", "csv", "json")
	return cmd
}

// openAll opens the inputs of a comparison. Bundles are held against their hashes. A
// file that differs from its hash is a warning later, and no error here.
func openAll(paths []string) ([]load.Source, error) {
	var sources []load.Source
	for _, path := range paths {
		s, err := load.Open(path)
		if err != nil {
			return nil, err
		}
		if run, ok := s.(*load.Run); ok {
			run.Examine()
		}
		sources = append(sources, s)
	}
	return sources, nil
}
