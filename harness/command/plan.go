package command

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func planCommand() *cobra.Command {
	var in inputs
	var seed uint64
	c := &cobra.Command{
		Use:   "plan FILE...",
		Short: "Print the trials of a run in their order, and how long they take",
		Example: `  harness plan scenarios/steady-open.yaml
  harness plan --seed 42 --blocks 20 scenarios/*.yaml`,
		Args: someFiles,
		RunE: func(c *cobra.Command, args []string) error {
			in.files = args
			all, err := in.load()
			if err != nil {
				return err
			}
			if !c.Flags().Changed("seed") {
				seed = randomSeed()
			} else if err := checkSeed(seed); err != nil {
				return err
			}
			trials := order(all, seed)
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "order\tblock\tscenario\tvariant\tmatrix\tseed")
			for _, t := range trials {
				fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\t%d\n", t.Order, t.Block, t.Scenario, t.Variant, matrixText(t.Matrix), t.Planned.Seed)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			total, counted := estimateAll(all)
			fmt.Fprintf(c.OutOrStdout(), "\n%s, %s; run seed %d\n", count(len(trials), "trial"), about(total, counted), seed)
			return nil
		},
	}
	in.flags(c)
	c.Flags().Uint64Var(&seed, "seed", 0, "seed of the run, 0 … 2⁶³−1 (default: drawn)")
	return c
}

func estimateAll(all []work) (total time.Duration, counted bool) {
	for _, w := range all {
		d, c := estimate(w.Scenario)
		total += d * time.Duration(len(w.cells)*w.Blocks)
		counted = counted || c
	}
	return total, counted
}

// about says how long something takes.
func about(d time.Duration, counted bool) string {
	s := "about " + shortly(d)
	if counted {
		s += " if every answer takes 0.1 s (some loads are bounded by a count: their time depends on the server)"
	}
	return s
}

// shortly rounds a duration for people.
func shortly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}
