package section

import (
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
)

// objectives says which promises of a scenario the run holds: a row for each, a column for
// each variant, matrix cell and stream; or the other way round, if that makes fewer columns
// than many. An objective of one stream or target has a verdict only where it applies.
func objectives(p *page.Page, s *measured.Scenario) {
	t := table.Table{Head: []string{"objective"}}
	columns := map[string]int{}
	rows := map[string]int{}
	for _, r := range objective.Evaluate(s.Run) {
		if r.Scenario != s.Spec.Name {
			continue
		}
		label, cell := r.Objective.Label(), r.Cell
		if target := r.Objective.Target; target != "" {
			cell = cell[:len(cell)-len(" "+target)] // which it ends with
		}
		if _, ok := columns[cell]; !ok {
			columns[cell] = len(t.Head)
			t.Head = append(t.Head, "`"+cell+"`")
		}
		if _, ok := rows[label]; !ok {
			rows[label] = len(t.Rows)
			t.Add(label)
		}
		row := &t.Rows[rows[label]]
		for len(*row) <= columns[cell] {
			*row = append(*row, format.None)
		}
		text := "**" + r.Verdict + "**"
		switch {
		case r.Why != "":
			text += " (" + plain.Prose(r.Why) + ")"
		default:
			text += ", bound " + format.Quantity(r.Bound, r.Objective.Unit)
		}
		(*row)[columns[cell]] = text
	}
	if len(t.Rows) == 0 {
		return
	}
	for i, row := range t.Rows {
		for len(row) < len(t.Head) {
			row = append(row, format.None)
		}
		t.Rows[i] = row
	}
	if n := len(t.Head) - 1; n > manyColumns && n > len(t.Rows) {
		first := "variant"
		if strings.Contains(strings.Join(t.Head[1:], ""), " ") {
			first = "variant and load"
		}
		t = turned(t, first)
	}
	p.Line("## Objectives\n")
	p.Table(&t)
	p.Line("<sub>%s</sub>\n", "Met: the one-sided 95 % bound of the median over trials lies inside the limit; missed: it lies wholly outside.")
}

// manyColumns is the largest number of columns with verdicts that fits on a page.
const manyColumns = 3

// turned returns a table with rows as columns and columns as rows. Its first column has a
// heading of its own.
func turned(t table.Table, first string) table.Table {
	out := table.Table{Head: []string{first}}
	for _, row := range t.Rows {
		out.Head = append(out.Head, row[0])
	}
	for i, name := range t.Head[1:] {
		row := []string{name}
		for _, from := range t.Rows {
			row = append(row, from[i+1])
		}
		out.Add(row...)
	}
	return out
}
