package campaign

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/assay-bench/assay/results"
)

// found returns what the search has found so far, by candidate.
func (s *searcher) found() []results.Search {
	var all []results.Search
	for _, c := range s.candidates {
		held, refuted, confirmed := c.finder.Bracket()
		r := results.Search{Scenario: s.base.Name, Variant: c.cell.Variant, Matrix: c.cell.Matrix, Confirmed: confirmed, Stopped: c.stopped}
		if held > 0 {
			r.Held = &held
		}
		if refuted > 0 {
			r.Refuted = &refuted
		}
		all = append(all, r)
	}
	return all
}

// print writes the findings as a table.
func (s *searcher) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "variant\thighest rate that holds\tlowest rate that does not\t")
	for i, r := range s.found() {
		held, refuted := "none", "–"
		if r.Held != nil {
			held = fmt.Sprintf("%g/s", *r.Held)
			if !r.Confirmed {
				held += " (not confirmed)"
			}
		}
		if r.Refuted != nil {
			refuted = fmt.Sprintf("%g/s", *r.Refuted)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.candidates[i].cell.Name(), held, refuted, r.Stopped)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Every trial, and with them the whole curve, is in %s.\n", filepath.Clean(s.writer.Dir()))
	return err
}
