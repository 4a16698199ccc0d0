package study

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// inShort gathers the rows of the advice by what to take, in the order in which
// they come. A question with several answers names the scenario of each.
func inShort(p *page.Page, all []advice) {
	// A question that two scenarios answer alike needs no names of scenarios.
	takes := map[string][]string{} // by question
	for _, a := range all {
		if !slices.Contains(takes[a.when], a.take) {
			takes[a.when] = append(takes[a.when], a.take)
		}
	}
	var order []string
	questions := map[string][]string{} // by what to take
	for _, a := range all {
		// Open questions are no advice. They stand in the table below.
		if strings.HasPrefix(a.take, unsaid) {
			continue
		}
		q := a.when
		if len(takes[q]) > 1 {
			q += " (" + a.in + ")"
		}
		if questions[a.take] == nil {
			order = append(order, a.take)
		}
		if !slices.Contains(questions[a.take], q) {
			questions[a.take] = append(questions[a.take], q)
		}
	}
	for _, take := range order {
		p.Line("- **Take %s**: %s.", take, strings.Join(questions[take], "; "))
	}
	if len(order) > 0 {
		p.Line("")
	}
}
