package study

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// inShort gathers the rows of the advice by what to take, in the order in which
// they come. A question with several answers names where each was measured.
func inShort(p *page.Page, all []advice) {
	// A question that two scenarios answer alike needs no names of scenarios.
	takes := map[string][]string{} // by question
	for _, a := range all {
		if !slices.Contains(takes[a.when], a.take) {
			takes[a.when] = append(takes[a.when], a.take)
		}
	}
	type asked struct{ take, when string }
	var order []string
	questions := map[string][]string{} // by what to take
	measuredIn := map[asked][]site{}
	for _, a := range all {
		// Open questions are no advice. They stand in the table below.
		if strings.HasPrefix(a.take, unsaid) {
			continue
		}
		if questions[a.take] == nil {
			order = append(order, a.take)
		}
		if !slices.Contains(questions[a.take], a.when) {
			questions[a.take] = append(questions[a.take], a.when)
		}
		measuredIn[asked{a.take, a.when}] = append(measuredIn[asked{a.take, a.when}], a.in)
	}
	for _, take := range order {
		var texts []string
		for _, when := range questions[take] {
			if len(takes[when]) > 1 {
				when += " (" + sitesText(measuredIn[asked{take, when}]...) + ")"
			}
			texts = append(texts, when)
		}
		p.Line("- **Take %s**: %s.", take, strings.Join(texts, "; "))
	}
	if len(order) > 0 {
		p.Line("")
	}
}
