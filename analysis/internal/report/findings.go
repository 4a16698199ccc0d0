package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// mostFindings is how many sentences stand at the top; the rest is in the
// tables.
const mostFindings = 7

// finding is one sentence and what it is sorted by.
type finding struct {
	rank     int // 0 an effect, 1 none, 2 cannot tell
	strength float64
	text     string
	where    string // the load, for the page
	kind     string // variants, metric and direction of an effect
}

// findings writes the sentences that follow from the primary rows, strongest
// first.
func (r *report) findings() {
	r.Line("## Findings\n")
	// Nothing disappears: what is not said in a sentence of its own is counted in one
	// of the lines below.
	found, marked, few := r.judgedRows()
	for _, f := range found[:min(mostFindings, len(found))] {
		r.Line("- %s", f.text)
	}
	if len(found) > mostFindings {
		r.Line("- Not listed here, but on the scenarios' pages: %s.", leftOut(found[mostFindings:]))
	}
	if few > 0 {
		r.Line("- **Too few blocks to find anything**: %s over fewer than %d blocks, for which there is no 95 %% interval. The tables show medians only.", words.Plural(few, "comparison"), stats.FewestValues)
	}
	// A search has no verdict, because its variants share no blocks. Its brackets are
	// facts and stand after all judged sentences.
	capacities := r.capacities()
	if capacities+len(found)+few+marked == 0 {
		r.Line("- Nothing to compare: no two variants have a primary metric in common.")
	}
	if marked > 0 {
		r.Line("- %s not judged, because the numbers are marked; the scenarios' pages say why.", words.Plural(marked, "comparison"))
	}
	// A reader who reads nothing but the findings must still see that a check of the
	// measurement went badly.
	if bad := r.cautions(); len(bad) > 0 {
		r.Line("\n**Read with caution:** the checks below warn of %s.", words.List(bad))
	}
	if len(r.Scenarios) == 0 {
		r.Line("")
		return
	}
	r.Line("\nOnly the declared primary metrics are judged: in open load p50, p99 and the share within the objective, in closed loops goodput. "+
		"Intervals are 95 %%; a difference is claimed only if its p-value, adjusted for all of them together, is at most %.2f.\n", effect.Alpha)
}

// leftOut counts findings by what they say, because a comparison that found nothing is
// not a weaker difference.
func leftOut(found []finding) string {
	var n [3]int // by rank
	for _, f := range found {
		n[f.rank]++
	}
	var parts []string
	for rank, word := range []string{"weaker difference", "comparison without a difference", "undecided comparison"} {
		switch {
		case n[rank] == 1:
			parts = append(parts, "1 "+word)
		case rank == 1 && n[rank] > 1:
			parts = append(parts, fmt.Sprintf("%d comparisons without a difference", n[rank]))
		case n[rank] > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n[rank], word))
		}
	}
	return words.List(parts)
}

// capacities writes a sentence for every bracket that was searched for, and counts them.
func (r *report) capacities() (n int) {
	for _, s := range r.Searches {
		for _, b := range s.Brackets {
			r.Line("- **`%s`, capacity**: %s.", s.Spec.Name, section.Capacity(s, b))
			n++
		}
	}
	return n
}

// judgedRows words the primary comparisons, strongest first. Marked ones and those
// over too few blocks are only counted.
func (r *report) judgedRows() (found []finding, marked, few int) {
	for _, s := range r.Scenarios {
		for i := range s.Rows {
			row := &s.Rows[i]
			switch {
			// Rows outside the family are descriptive: their p-values are not adjusted,
			// so no sentence may rest on them.
			case row.Family != compare.FamilyHTTP || row.Verdict == "":
			case row.Verdict == effect.NotJudged:
				marked++
			case max(row.Effect.N, noRatio(row)) < stats.FewestValues:
				few++
			default:
				found = append(found, findingOf(s, row))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		// The sort is stable, so findings of the same strength keep the order of the
		// page.
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.strength, a.strength))
	})
	return gather(found), marked, few
}

// mostAlike is how many loads with the same effect a sentence names.
const mostAlike = 3

// gather lets the strongest of the effects that say the same of the same two
// variants stand for all, and names the loads of the others. They are sorted.
func gather(all []finding) (some []finding) {
	// The first finding of a kind is the strongest one, because all is sorted. It
	// stays, and the loads of those after it are appended to its text.
	alike := map[string][]string{} // loads, by kind
	for _, f := range all {
		if f.rank > 0 || alike[f.kind] == nil {
			some = append(some, f)
		}
		alike[f.kind] = append(alike[f.kind], f.where)
	}
	for i, f := range some {
		if f.rank > 0 || len(alike[f.kind]) < 2 {
			continue
		}
		others := alike[f.kind][1:]
		if n := len(others) - mostAlike; n > 0 {
			others = append(slices.Clone(others[:mostAlike]), fmt.Sprintf("%d more", n))
		}
		some[i].text += " Likewise, if less, in " + words.List(others) + "."
	}
	return some
}
