package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/analysis/internal/synthetic"
	"github.com/assay-bench/assay/internal/usage"
)

// newSimulate is a step of bench-gate. The records are committed, so that anybody can
// make the tables again from them. What was simulated is stored every few
// seconds, so that an interrupt loses little.
func newSimulate() *cobra.Command {
	var into string
	var checks int
	cmd := &cobra.Command{
		Use:    "simulate DIR",
		Hidden: true, // for `assay bench-gate`
		Short:  "Say how often the gate is wrong, from checks that are made of random numbers",
		Long: `Say how often the gate is wrong, from checks that are made of random numbers: how often
it reports a regression where nothing changed, finds one, and passes builds that are
worse, beside the rule of the first version on the same values.

simulated.jsonl in DIR keeps what was found, and the checks that it has are not made
again. A simulation that was interrupted is continued by starting it anew. Checks that
another rule judged are made anew. situations.jsonl and benchstat.json, which tests make,
have tables of their own.`,
		Example: `  assay simulate results/gate --into analysis/GATE.md
  assay simulate results/runs/gate-short --checks 40`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if checks < 0 {
				return usage.Errorf("--checks %d: want 0 or more", checks)
			}
			if into != "" {
				// A page that cannot be filled should not be found out after hours.
				if err := pages().Check(into, synthetic.Part); err != nil {
					return err
				}
			}
			records, err := synthetic.Read(args[0])
			if err != nil {
				return err
			}
			if err := simulate(cmd.Context(), cmd.ErrOrStderr(), records, checks, args[0]); err != nil {
				return err
			}
			situations, err := synthetic.ReadSituations(args[0])
			if err != nil {
				return err
			}
			benchstat, err := synthetic.ReadBenchstat(args[0])
			if err != nil {
				return err
			}
			text := situations.Markdown() + benchstat.Markdown() + records.Markdown()
			if into == "" {
				_, err = fmt.Fprint(cmd.OutOrStdout(), text)
				return err
			}
			return pages().Replace(into, synthetic.Part, text)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "Markdown `file` that gets the tables between its markers; else they are printed")
	cmd.Flags().IntVar(&checks, "checks", synthetic.Most, "largest `number` of checks of each kind; 0 makes none, and the tables show what there is")
	return cmd
}

// silence is for how long a simulation says nothing of its progress.
const silence = 10 * time.Second

// simulate makes the missing checks, and says now and then how far it is. It stores the
// records in dir after every portion. If ctx ends, the error says that the command can
// be repeated, and the stored records stay.
func simulate(ctx context.Context, log io.Writer, records synthetic.Records, checks int, dir string) error {
	var said time.Time
	err := synthetic.Run(ctx, records, checks, func(at synthetic.Progress) error {
		if err := records.Write(dir); err != nil {
			return err
		}
		if time.Since(said) > silence || at.Done == at.Want {
			said = time.Now()
			fmt.Fprintf(log, "simulated %d of %d checks: %s\n", at.Done, at.Want, at.Cell)
		}
		return nil
	})
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted; start it again to go on")
	}
	return err
}
