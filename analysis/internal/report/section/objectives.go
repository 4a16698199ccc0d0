package section

import (
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// objectives says which promises of a scenario the run holds.
func objectives(p *page.Page, s *measured.Scenario) {
	if len(s.Spec.Objectives) == 0 {
		return
	}
	// The table is turned: rows are objectives and columns are cells. Both are
	// collected in the order of the results.
	t := table.Table{Head: []string{"objective"}}
	cells := map[string]bool{}
	rows := map[string][]string{}
	var order []string
	for _, r := range objective.Evaluate(s.Run) {
		if r.Scenario != s.Spec.Name {
			continue
		}
		if !cells[r.Cell] {
			cells[r.Cell] = true
			t.Head = append(t.Head, "`"+r.Cell+"`")
		}
		if rows[r.Objective.Text] == nil {
			order = append(order, r.Objective.Text)
			rows[r.Objective.Text] = []string{r.Objective.Text}
		}
		text := "**" + r.Verdict + "**"
		switch {
		// A verdict for lack of data has no bound, and says what was lacking.
		case r.Why != "":
			text += " (" + r.Why + ")"
		default:
			text += ", bound " + format.Quantity(r.Bound, r.Objective.Unit)
		}
		rows[r.Objective.Text] = append(rows[r.Objective.Text], text)
	}
	if len(order) == 0 {
		return
	}
	for _, o := range order {
		t.Add(rows[o]...)
	}
	p.Table(&t)
	p.Line("<sub>%s</sub>\n", "Met: the one-sided 95 % bound of the median over trials lies inside the limit; missed: it lies wholly outside.")
}
