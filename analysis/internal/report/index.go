package report

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
)

// index writes a room for every scenario and every search, and here a line with a small
// plot for each of them.
func (r *report) index() error {
	t := table.Table{Head: []string{"scenario", "at&nbsp;a&nbsp;glance" + glanceWidth}, Left: map[int]bool{1: true}}
	for _, s := range r.Scenarios {
		p, err := r.room(s.Spec.Name, s.Spec.Name, s.Run)
		if err != nil {
			return err
		}
		section.Write(p, s)
		t.Add(r.entry(p, s.Spec.Name, s.Spec.Summary, tally(s)), section.SmallPlot(r.Page, s.Groups[0]))
	}
	for _, s := range r.Searches {
		p, err := r.room(s.Spec.Name, "Capacity: "+s.Spec.Name, s.Run)
		if err != nil {
			return err
		}
		section.WriteSearch(p, s)
		t.Add(r.entry(p, s.Spec.Name, s.Spec.Summary, "search for the highest rate"), section.SmallCapacity(r.Page, s))
	}
	missing := r.missing()
	if len(t.Rows)+len(missing) == 0 {
		return nil
	}
	r.Line("## Scenarios\n")
	if len(t.Rows) > 0 {
		r.Line("Each scenario has a page with its load, all numbers, effects, plots, trials and warnings.\n")
		r.Table(&t)
	}
	for _, m := range missing {
		r.Line("- %s", m)
	}
	if len(missing) > 0 {
		r.Line("")
	}
	r.acrossClients()
	return nil
}

// glanceWidth widens the heading of the column of plots. GitHub lets a picture shrink to
// the width of its column, and else gives nearly all of the width to the text.
var glanceWidth = strings.Repeat("&nbsp;", 55)

// entry is the first cell of a line of the index: the link to a room, what its scenario
// is about, and what was found.
func (r *report) entry(room *page.Page, name, summary, found string) string {
	text := fmt.Sprintf("[**%s**](%s)", name, r.To(room))
	if summary != "" {
		text += "<br>" + plain.Prose(summary)
	}
	return text + "<br><sub>" + found + "</sub>"
}

// tally counts what was found of the judged comparisons of a scenario.
func tally(s *measured.Scenario) string {
	var differ, same, open, marked int
	for i := range s.Rows {
		switch r := &s.Rows[i]; {
		case r.Family == "" || r.Verdict == "":
		case r.Verdict == effect.NotJudged:
			marked++
		case r.Verdict == effect.Same:
			same++
		case r.Verdict == effect.Better, r.Verdict == effect.Worse, r.Verdict == effect.Changed:
			differ++
		default:
			open++
		}
	}
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{differ, "differ"}, {same, "alike"}, {open, "cannot tell"}, {marked, "not judged"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	if len(parts) == 0 {
		return "nothing to compare"
	}
	return strings.Join(parts, " · ")
}

// missing names the scenarios of which no trial counts, and those that were skipped.
func (r *report) missing() (lines []string) {
	for _, run := range r.Runs {
		for i := range run.Manifest.Scenarios {
			if name := run.Manifest.Scenarios[i].Name; len(run.Cells(name)) == 0 {
				lines = append(lines, fmt.Sprintf("`%s`: no trial of this scenario counts, so there is nothing to report.", name))
			}
		}
		for _, s := range run.Manifest.Skipped {
			lines = append(lines, fmt.Sprintf("`%s`: skipped: %s.", s.Scenario, plain.Prose(s.Why)))
		}
	}
	return lines
}
