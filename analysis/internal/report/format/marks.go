package format

import (
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
)

// Marks of numbers from which nothing may be concluded: too few values, a server that
// fell behind its schedule, and a generator that was the limit itself or that something
// else delayed.
const (
	Few             = "‡"
	Saturated       = "§"
	Limited         = "※"
	Delayed         = "⁂"
	markPopulations = "†"
	markGenerator   = "¶"
	markMissing     = "◊"
)

// rowMarks are the marks of a comparison, in the order in which they are shown.
var rowMarks = []struct{ kind, mark, text string }{
	{compare.FewValues, Few, "few values"},
	{compare.Saturated, Saturated, "saturated"},
	{compare.Delayed, Delayed, "generator-limited: something else on the machine kept the load generator from running"},
	{compare.Limited, Limited, "generator-limited: the load generator was the limit, and not the server"},
	{compare.Populations, markPopulations, "different populations: refusals or errors differ by more than one percentage point"},
	{compare.GeneratorShare, markGenerator, "generator share above 5 %"},
	{compare.Missing, markMissing, "some trials have no such value"},
}

// Effect prints a comparison for a table cell: the effect with its interval, and the
// verdict as a sign. A comparison that was not judged carries the marks that say why.
// Effect adds the marks that it prints, [None] among them, to marks. It prints None for
// nil.
func Effect(r *effect.Row, marks map[string]bool) string {
	if r == nil || r.Verdict == "" {
		marks[None] = true
		return None
	}
	text := Ratio(r.Effect)
	if r.Difference {
		text = Points(r.Effect)
	}
	if text == None {
		marks[None] = true
	}
	switch r.Verdict {
	case effect.NotJudged:
		for _, m := range rowMarks {
			if slices.ContainsFunc(r.Marks, func(x compare.Mark) bool { return x.Kind == m.kind }) {
				marks[m.mark] = true
				text += " " + m.mark
			}
		}
		return text
	case effect.Unclear:
		return text + " ?"
	case effect.Same:
		return text + " ="
	}
	if r.Up() {
		return text + " ▲ " + r.Verdict
	}
	return text + " ▼ " + r.Verdict
}

// MarkNotes explains the marks that [Effect] has collected from a table, a note each.
func MarkNotes(marks map[string]bool) (notes []string) {
	for _, m := range rowMarks {
		if marks[m.mark] {
			notes = append(notes, m.mark+" "+m.text+"; not judged.")
		}
	}
	if marks[None] {
		notes = append(notes, None+" one of the two has no such value, or one beyond the time-out.")
	}
	return notes
}
