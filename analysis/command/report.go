package command

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Where the published report and its data lie.
const (
	publishedBundle = "results/runs/published"
	publishedSearch = publishedBundle + "-capacity"
	publishedReport = "BENCHMARKS.md"
	publishedRooms  = "results/report"
	publishedPlots  = "results/plots"
)

// newReport knows where the published bundles and their page lie. Any other bundle is
// named, and has its page where the user wants it. The bundles are opened and held
// against their hashes before anything is written. What was passed over gives warnings;
// the report itself says so too.
func newReport() *cobra.Command {
	var o report.Options
	cmd := &cobra.Command{
		Use:   "report [BUNDLE...]",
		Short: "Write a Markdown report with plots from bundles",
		Long: `Write a Markdown report with plots from bundles. Without arguments the published
bundles (results/runs/published and, if it is there, published-capacity) become
BENCHMARKS.md, with a page for every scenario in results/report. With "-o mine.md" the
pages of the scenarios go to mine-report and the pictures to mine-plots. The same bundle
always gives the same bytes, and a bundle is never written to. Its files are compared with
their hashes first, and a report on a damaged bundle says so.`,
		Example: `  assay report
  assay report results/runs/today -o today.md`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{publishedBundle}
				if results.Exists(publishedSearch) {
					args = append(args, publishedSearch)
				}
			}
			if err := results.Replaceable(o.Out); err != nil {
				return usage.Errorf("report: -o: %w: a report is a page with folders beside it", err)
			}
			o.Rooms, o.Plots = placesOf(o.Out, o.Plots)
			runs, err := openRuns(args, o)
			if err != nil {
				return err
			}
			problems, err := report.Write(runs, o)
			warn(cmd, problems)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", plain.Line(o.Out))
			return err
		},
	}
	cmd.Flags().StringVarP(&o.Out, "output", "o", publishedReport, "Markdown `file` of the front page")
	cmd.Flags().StringVar(&o.Plots, "plots", "", "`folder` for pictures (default results/plots for BENCHMARKS.md, else the file's name without .md plus -plots)")
	return cmd
}

// placesOf says where the pages behind a front page go, and its pictures if plots does
// not name a folder.
func placesOf(out, plots string) (rooms, pictures string) {
	rooms, pictures = publishedRooms, publishedPlots
	if filepath.Clean(out) != publishedReport {
		name := strings.TrimSuffix(out, ".md")
		rooms, pictures = name+"-report", name+"-plots"
	}
	if plots != "" {
		pictures = plots
	}
	return rooms, pictures
}

// openRuns opens the bundles of a report that is not to be written into one of them: its
// page would be a file that the bundle's SHA256SUMS does not list.
func openRuns(dirs []string, o report.Options) ([]*load.Run, error) {
	var runs []*load.Run
	for _, dir := range dirs {
		if inside(o.Out, dir) || inside(o.Rooms, dir) || inside(o.Plots, dir) {
			return nil, usage.Errorf("report: %s lies in the bundle %s: bundles are never written to; choose another place with -o", o.Out, dir)
		}
		run, err := load.OpenRun(dir)
		if err != nil {
			return nil, err
		}
		run.Examine()
		runs = append(runs, run)
	}
	return runs, nil
}

// inside reports whether a path lies in a folder.
func inside(path, dir string) bool {
	p, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	d, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(d, p)
	return err == nil && filepath.IsLocal(rel)
}
