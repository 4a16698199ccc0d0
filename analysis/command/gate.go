package command

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// newGate has the verdict as its exit status, so everything that goes wrong has to end
// with another one.
func newGate() *cobra.Command {
	var o gate.Options
	var markdown, inconclusive string
	var json bool
	cmd := &cobra.Command{
		Use:   "gate (BUNDLE --base V --head V | OLD NEW)",
		Short: "Say whether a change made something slower: regression, pass or inconclusive",
		Long: `Say whether a change made something slower: regression, pass or inconclusive.

Regression: some primary row is proven worse, and estimated beyond its margin. Pass:
for every primary row a loss beyond its margin is excluded. Inconclusive: anything
else, with about how many blocks would settle it. Exit status: 0 pass, 1 regression,
2 usage or unreadable input, 3 inconclusive. analysis/GATE.md has the whole rule and
how often it is wrong.`,
		Example: `  assay gate results/runs/check --base base --head head --markdown summary.md
  assay gate old.txt new.txt --metric sec/op --margin 3%`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			// Flags are checked before the inputs are read, which may take a while.
			code, err := exitOf(inconclusive)
			if err != nil {
				return err
			}
			in, err := collect(args, markdown, o)
			if err != nil {
				return usage.Mark(err)
			}
			v := gate.Judge(in)
			if markdown != "" {
				// The file is written before anything is printed: whoever reads the
				// verdict can rely on the file.
				if err := writeWhole(markdown, func(w io.Writer) error { return gate.Markdown(w, in, v) }); err != nil {
					return usage.Mark(err)
				}
			}
			write := gate.Text
			if json {
				write = gate.JSON
			}
			if err := write(cmd.OutOrStdout(), in, v); err != nil {
				return usage.Errorf("write verdict: %w", err)
			}
			if c := code[v.Verdict]; c != program.Done {
				return &program.Status{Code: c}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "`variant` to compare with, within one input")
	f.StringVar(&o.Head, "head", "", "`variant` that is compared, within one input")
	f.StringArrayVar(&o.Margins, "margin", nil, "`change` that does not matter yet: 5% for all metrics compared by ratio, p99=10%, unanswered=1pp for a share (repeatable; default 5%, p99 10%, shares 1pp)")
	f.StringArrayVar(&o.Metrics, "metric", nil, "gate on this `metric` instead of the declared ones: p99, goodput, sec/op (repeatable)")
	f.StringVar(&inconclusive, "inconclusive", "", "exit status if nothing is decided: `fail` is 1, pass is 0 (default 3)")
	f.BoolVar(&json, "json", false, "print a JSON object")
	f.StringVar(&markdown, "markdown", "", "also write the verdict as Markdown to this `file`")
	return cmd
}

// collect reads the inputs. None of its errors may look like a verdict. The path of the
// Markdown file is checked as well: it must not lie in an input.
func collect(paths []string, markdown string, o gate.Options) (gate.Input, error) {
	var sources []load.Source
	for _, path := range paths {
		if markdown != "" && inside(markdown, path) {
			return gate.Input{}, fmt.Errorf("gate: %s lies in the bundle %s: bundles are never written to; choose another place with --markdown", markdown, path)
		}
		s, err := load.Open(path)
		if err != nil {
			return gate.Input{}, fmt.Errorf("gate: %w", err)
		}
		sources = append(sources, s)
	}
	in, err := gate.Collect(sources, o)
	if err != nil {
		return gate.Input{}, fmt.Errorf("gate: %w", err)
	}
	return in, nil
}

// exitOf are the exit statuses of verdicts. The keys are the verdicts of package gate.
// inconclusive is the value of the flag: "" for the default, or "fail" or "pass"; any
// other value is an error.
func exitOf(inconclusive string) (map[string]int, error) {
	code := map[string]int{gate.Pass: program.Done, gate.Regression: program.Failed, gate.Inconclusive: program.Undecided}
	switch inconclusive {
	case "":
	case "fail":
		code[gate.Inconclusive] = program.Failed
	case "pass":
		code[gate.Inconclusive] = program.Done
	default:
		return nil, usage.Errorf("gate: --inconclusive %s: want fail or pass", inconclusive)
	}
	return code, nil
}

// writeWhole writes a file at once or not at all. The text is made in memory first, so
// that an error of write leaves the old file as it was.
func writeWhole(path string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return results.WriteFile(path, text.Bytes())
}
