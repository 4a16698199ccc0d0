package campaign

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/assay-bench/assay/harness/internal/text"
)

// WritePlan prints the trials of a run in their order, and an estimate of how long
// they take. The error is that of out.
func WritePlan(out io.Writer, all []Work, seed uint64) error {
	trials := Order(all, seed)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "order\tblock\tscenario\tvariant\tmatrix\tseed")
	for _, t := range trials {
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\t%d\n", t.Order, t.Block, t.Scenario, t.Variant, text.Matrix(t.Matrix), t.Planned.Seed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	// The plan alone does not say what a run costs, and that is what people decide by.
	total, counted := estimateAll(all)
	_, err := fmt.Fprintf(out, "\n%s, %s; run seed %d\n", text.Count(len(trials), "trial"), about(total, counted), seed)
	return err
}
