package command

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/explore"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// newExplore writes one HTML file from one bundle or two, or serves it while a run is
// under way. The name of the file, or the address of the page, is the only output on
// stdout, so that a script can pass it on.
func newExplore() *cobra.Command {
	var out string
	var serve bool
	cmd := &cobra.Command{
		Use:   "explore BUNDLE [OTHER]",
		Short: "Write one HTML file in which a run can be explored, or two runs",
		Long: `Write one HTML file in which a run can be explored: curves with intervals, zoom into
single seconds, every trial. The file needs no network. With two bundles the first is
base and the second is head: their curves stand in the same plots, and head is compared
with base.

With --serve nothing is written: the page is served on a loopback address and follows a
run that is under way. A bundle is never written to.`,
		Example: `  assay explore results/runs/published -o explorer.html
  assay explore results/runs/old results/runs/new -o both.html
  assay explore results/runs/today --serve`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if serve {
				if cmd.Flags().Changed("output") {
					return usage.Errorf("explore: --serve writes no file: leave out either --serve or -o")
				}
				return explore.Serve(cmd.Context(), args, func(url string) {
					_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", url)
				})
			}
			// The default is a file in the current folder, because a bundle is never
			// written to.
			if out == "" {
				out = filepath.Base(filepath.Clean(args[0])) + ".html"
			}
			return writeExplorer(cmd, args, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "HTML `file` to write (default: the bundle's name with .html, here)")
	cmd.Flags().BoolVar(&serve, "serve", false, "serve the page on a loopback address until interrupted, and follow the run")
	return cmd
}

// writeExplorer writes the file. Nothing is written if anything fails before the page is
// whole. What was passed over gives warnings. It is an error if the page would lie in
// one of the bundles, or if a bundle cannot be read.
func writeExplorer(cmd *cobra.Command, dirs []string, out string) error {
	var runs []*load.Run
	for _, dir := range dirs {
		if inside(out, dir) {
			return usage.Errorf("explore: %s lies in the bundle %s: bundles are never written to; choose another place with -o", out, dir)
		}
		run, err := load.OpenRun(dir)
		if err != nil {
			return err
		}
		run.Examine()
		runs = append(runs, run)
	}
	page, problems, err := explore.Make(runs, explore.Options{})
	if err != nil {
		return err
	}
	warn(cmd, problems)
	if err := results.WriteFile(out, page); err != nil {
		return err
	}
	if results.Replaceable(out) != nil {
		return nil // the page went to a device or a pipe, which may be the standard output
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", plain.Line(out))
	return err
}
