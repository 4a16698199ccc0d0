package report

import (
	"slices"
	"strings"
)

// inShort gathers the rows of the answer by what to take, in the order in which
// they come. A question with several answers names the scenario of each.
func (p *page) inShort(rows [][]string) {
	const when, take, in = 0, 1, 4
	answers := map[string][]string{} // by question
	for _, r := range rows {
		if !slices.Contains(answers[r[when]], r[take]) {
			answers[r[when]] = append(answers[r[when]], r[take])
		}
	}
	var order []string
	questions := map[string][]string{} // by answer
	for _, r := range rows {
		if strings.HasPrefix(r[take], unsaid) {
			continue
		}
		q := r[when]
		if len(answers[q]) > 1 {
			q += " (" + r[in] + ")"
		}
		if questions[r[take]] == nil {
			order = append(order, r[take])
		}
		if !slices.Contains(questions[r[take]], q) {
			questions[r[take]] = append(questions[r[take]], q)
		}
	}
	for _, answer := range order {
		p.line("- **Take %s**: %s.", answer, strings.Join(questions[answer], "; "))
	}
	if len(order) > 0 {
		p.line("")
	}
}
