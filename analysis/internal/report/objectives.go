package report

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/objective"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// Quantity prints a number of a dimension that objectives can have.
func Quantity(v float64, d results.Dimension) string {
	switch d {
	case results.Seconds:
		s := scaleIn(d, []float64{v})
		return withUnit(s, v, s.unit)
	case results.Ratio:
		return percent(v)
	}
	return withUnit(scale{1, ""}, v, "/s")
}

func withUnit(s scale, v float64, unit string) string {
	text := s.value(v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return text
	}
	return text + " " + unit
}

// objectives says which promises of a scenario the run holds.
func (p *page) objectives(s *study) {
	if len(s.spec.Objectives) == 0 {
		return
	}
	t := table.Table{Head: []string{"objective"}}
	cells := map[string]bool{}
	rows := map[string][]string{}
	var order []string
	for _, r := range objective.Evaluate(s.run) {
		if r.Scenario != s.spec.Name {
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
		case r.Why != "":
			text += " (" + r.Why + ")"
		default:
			text += ", bound " + Quantity(r.Bound, r.Objective.Unit)
		}
		rows[r.Objective.Text] = append(rows[r.Objective.Text], text)
	}
	if len(order) == 0 {
		return
	}
	for _, o := range order {
		t.Add(rows[o]...)
	}
	p.markdown(&t)
	p.line("<sub>%s</sub>\n", "Met: the one-sided 95 % bound of the median over trials lies inside the limit; missed: it lies wholly outside.")
}
