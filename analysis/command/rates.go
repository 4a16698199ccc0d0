package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/internal/usage"
)

// newRates is a step of bench-gate, which makes the checks. The rates are computed from
// recordings that are committed, so anybody can compute them again. --record replaces
// the recordings. Without it the command simulates checks on all CPUs, and prints the
// text or writes it into a page.
func newRates() *cobra.Command {
	var runs, into string
	var repetitions int
	cmd := &cobra.Command{
		Use:    "rates DIR",
		Hidden: true, // for `assay bench-gate`
		Short:  "Say how often the gate is wrong, from recorded checks",
		Long: `Say how often the gate is wrong, from recorded checks, in Markdown. The same
recordings give the same text to the last digit.

With --record the folder of recordings is written from complete checks instead,
one line of output a check; with --into the text goes into a page.`,
		Example: `  assay rates results/gate --into analysis/GATE.md
  assay rates results/gate --record results/runs/gate`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if runs != "" {
				return record(cmd.OutOrStdout(), runs, args[0])
			}
			if repetitions < 2 {
				return usage.Errorf("--repetitions %d: want 2 or more", repetitions)
			}
			if into != "" {
				if err := pages().Check(into, rates.Part); err != nil {
					return err
				}
			}
			rec, err := rates.Read(args[0])
			if err != nil {
				return err
			}
			r, err := rates.Compute(rec, repetitions)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if into == "" {
				_, err = fmt.Fprint(cmd.OutOrStdout(), r.Markdown())
				return err
			}
			return pages().Replace(into, rates.Part, r.Markdown())
		},
	}
	cmd.Flags().StringVar(&runs, "record", "", "`folder` of complete checks to make the recordings from")
	cmd.Flags().StringVar(&into, "into", "", "Markdown `file` that gets the text between its markers")
	cmd.Flags().IntVar(&repetitions, "repetitions", rates.Repetitions, "`number` of simulated checks without a change; half as many of the other kinds")
	cmd.MarkFlagsMutuallyExclusive("record", "into")
	return cmd
}

// record makes recordings from the complete checks in a folder, and prints a line on
// each. The recordings are written last: if a check cannot be read, the old ones stay.
func record(out io.Writer, runs, dir string) error {
	rec, err := rates.Record(runs)
	if err != nil {
		return err
	}
	for _, c := range rec.Checks {
		fmt.Fprintln(out, c.Line())
	}
	return rec.Write(dir)
}
