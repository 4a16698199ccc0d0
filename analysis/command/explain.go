package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/explain"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/usage"
)

// outputs are the files that explain writes beside what it prints.
type outputs struct{ markdown, svg, pprof string }

// newExplain compares the profiles of two variants. Its exit status is 0 whether a cause
// was found or not. An error means that the bundle cannot be read, or lacks what is
// compared.
func newExplain() *cobra.Command {
	var base, head string
	var o outputs
	var json bool
	cmd := &cobra.Command{
		Use:   "explain BUNDLE --base V --head V",
		Short: "Say which function, phase or endpoint made a variant slower",
		Long: `Say which function, phase or endpoint made a variant slower, with intervals.

The bundle needs profiled blocks (run --profile N; 6 or more for conclusions). CPU
time, memory and waits are compared for each answer and block by block, and the
p-values are adjusted for the number of functions. If the CPU profile does not show
the difference, the phases that the server reports, its locks, and the parts of the
requests' time outside of it are compared, and the one that grew is named.`,
		Example: `  assay run --out b --profile 8 scenario.yaml
  assay explain b --base old --head new --svg flame.svg
  assay explain b --base old --head new --pprof cpu && go tool pprof -diff_base cpu.base.pprof cpu.head.pprof`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := load.OpenRun(args[0])
			if err != nil {
				return err
			}
			for _, file := range []string{o.markdown, o.svg, o.pprof} {
				if file != "" && inside(file, args[0]) {
					return usage.Errorf("%s lies in the bundle %s: bundles are never written to; choose another place", file, args[0])
				}
			}
			// The hashes of the files are compared before anything is concluded from
			// them, but damage only gives a warning.
			run.Examine()
			warn(cmd, run.Problems())
			report, err := explain.Run(run, base, head)
			if err != nil {
				return err
			}
			if err := o.write(run, report); err != nil {
				return err
			}
			if json {
				return report.JSON(cmd.OutOrStdout())
			}
			return report.Text(cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&base, "base", "", "`variant` to compare with")
	f.StringVar(&head, "head", "", "`variant` that is explained")
	f.BoolVar(&json, "json", false, "print a JSON object")
	f.StringVar(&o.markdown, "markdown", "", "also write the text as Markdown to this `file`")
	f.StringVar(&o.svg, "svg", "", "also write a differential flame graph to this `file`; needs no network, opens in a browser")
	f.StringVar(&o.pprof, "pprof", "", "also write the merged CPU profiles, for a million answers each, to `NAME`.base.pprof and NAME.head.pprof")
	return cmd
}

// write writes the files that were asked for. Each file is written as a whole. If one
// fails, those before it stay.
func (o *outputs) write(run *load.Run, r *explain.Report) error {
	if o.markdown != "" {
		if err := writeWhole(o.markdown, r.Markdown); err != nil {
			return err
		}
	}
	if o.svg != "" {
		if err := writeWhole(o.svg, r.SVG); err != nil {
			return err
		}
	}
	if o.pprof == "" {
		return nil
	}
	// A name that ends in .pprof stands for the two names that end in .base.pprof and
	// .head.pprof.
	name := strings.TrimSuffix(o.pprof, ".pprof")
	for side, variant := range map[string]string{"base": r.Base, "head": r.Head} {
		err := writeWhole(fmt.Sprintf("%s.%s.pprof", name, side), func(w io.Writer) error {
			return explain.Profile(w, run, variant, explain.Merged)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
