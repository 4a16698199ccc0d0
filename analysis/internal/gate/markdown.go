package gate

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/internal/plain"
)

// signs go before the verdict in Markdown.
var signs = map[string]string{Pass: "✅", Regression: "❌", Inconclusive: "⚠️"}

// Markdown writes the verdict and its rows for a page, such as the summary of a job.
func Markdown(w io.Writer, in Input, v Verdict) error {
	fmt.Fprintf(w, "## %s Performance: %s\n", signs[v.Verdict], v.Verdict)
	for _, s := range sections(in, v) {
		fmt.Fprintln(w)
		if s.title != "" {
			fmt.Fprintf(w, "**%s**\n\n", s.title)
		}
		if s.table != nil {
			for _, cells := range s.table.Rows {
				for i := range cells {
					cells[i] = plain.Literal(cells[i])
				}
			}
			if err := s.table.Markdown(w); err != nil {
				return err
			}
			if len(s.lines) > 0 {
				fmt.Fprintln(w)
			}
		}
		for _, l := range s.lines {
			if _, err := fmt.Fprintf(w, "- %s\n", plain.Literal(l)); err != nil {
				return err
			}
		}
	}
	return nil
}
