package section

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// capacityUnits are the columns of the table of single trials.
var capacityUnits = []string{"goodput/s", "p50-sec", "p99-sec", "error-ratio", "reject-ratio", "timeout-ratio"}

// tried is one trial of a search.
type tried struct {
	load.Trial
	name string  // of the variant and its matrix cell
	rate float64 // offered, per second
}

// triedBy lists the trials of a search in the order of the run.
func triedBy(s *measured.Search) (all []tried) {
	for _, b := range s.Brackets {
		for _, r := range b.Rates {
			for _, t := range r.Trials {
				all = append(all, tried{t, b.Name, r.Rate})
			}
		}
	}
	// The order of the run is the order of the search's decisions, which a reader can
	// follow down the table.
	slices.SortStableFunc(all, func(a, b tried) int { return a.Order - b.Order })
	return all
}

// capacityTrials lists what every trial of a search gave, in the order of the run.
func capacityTrials(p *page.Page, s *measured.Search) {
	all := triedBy(s)
	t := table.Table{Head: []string{"order", "variant", "rate, /s"}, Left: map[int]bool{1: true}}
	scales := capacityScales(all)
	for _, u := range capacityUnits {
		t.Head = append(t.Head, labelled(u, scales[u]))
	}
	marks := map[string]bool{}
	for _, trial := range all {
		rate := format.Plain.Value(trial.rate)
		if trial.Facts.Saturated {
			marks[format.Saturated] = true
			rate += " " + format.Saturated
		}
		if trial.Facts.Limited {
			marks[format.Limited] = true
			rate += " " + format.Limited
		}
		row := []string{fmt.Sprint(trial.Order), "`" + trial.name + "`", rate}
		for _, u := range capacityUnits {
			text := format.None
			if v, ok := trial.Figures[u]; ok {
				text = scales[u].Value(v)
			}
			if text == format.None {
				marks[format.None] = true
			}
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.Table(&t)
	if notes := capacityNotes(marks); len(notes) > 0 {
		p.Line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
	}
}

// capacityScales chooses the unit of every column from the values of all trials.
func capacityScales(all []tried) map[string]format.Scale {
	scales := map[string]format.Scale{}
	for _, u := range capacityUnits {
		var values []float64
		for _, trial := range all {
			if v, ok := trial.Figures[u]; ok {
				values = append(values, v)
			}
		}
		scales[u] = format.ScaleOf(u, values)
	}
	return scales
}

// capacityNotes explains the marks that the table of trials has, a note each.
func capacityNotes(marks map[string]bool) (notes []string) {
	if marks[format.Saturated] {
		notes = append(notes, format.Saturated+" saturated: the server fell behind its schedule, so its latencies grow with the length of the trial.")
	}
	if marks[format.Limited] {
		notes = append(notes, format.Limited+" generator-limited: the load generator was the limit, and not the server.")
	}
	if marks[format.None] {
		notes = append(notes, format.None+" not measured, or no such value in this trial.")
	}
	return notes
}
