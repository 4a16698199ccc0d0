package effect

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// agreement says what share of the intervals contain no change, how to interpret the
// share, and which rows it leaves out. An interval of zero width at no change, such
// as for allocations that are the same in every trial, always contains no change and
// would make the share look better. An interval of zero width elsewhere, such as for
// allocations that all increased by one, is as clear a change as can be.
func (res *Result) agreement() string {
	all, same := 0, 0
	var left tally
	for i := range res.Rows {
		r := &res.Rows[i]
		e, none := r.Effect, 1.0
		if r.Difference {
			none = 0
		}
		switch {
		case r.Base.Median.N == 0 || r.Head.Median.N == 0:
			left.add("on one side only")
		case len(r.Marks) > 0:
			left.add("marked and not judged")
		case r.Method == exactMethod:
			left.add("declared exact")
		case math.IsNaN(e.Center):
			left.add("without a ratio")
		case !e.Bounded():
			left.add("of too few values for an interval")
		case e.Low == none && e.High == none:
			left.add("the same in nearly every trial")
		default:
			all++
			if e.Low <= none && none <= e.High {
				same++
			}
		}
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("\n%d of %d intervals (%.1f %%) contain no change%s.\n"+
		"If code and machine are the same, about 95 %% or more do, as far as trials within a run differ. What differs between two runs as a whole "+
		"is in no interval, and rows of one run depend on each other: a share somewhat below is no proof of a change.",
		same, all, 100*float64(same)/float64(all), left.text())
}

// tally counts rows by the reason why their interval is left out.
type tally struct {
	reasons []string
	rows    map[string]int
}

// add counts one more row with a reason.
func (t *tally) add(reason string) {
	if t.rows == nil {
		t.rows = map[string]int{}
	}
	if t.rows[reason] == 0 {
		t.reasons = append(t.reasons, reason)
	}
	t.rows[reason]++
}

// text lists the reasons with their counts.
func (t *tally) text() string {
	var parts []string
	rows := 0
	for _, reason := range t.reasons {
		rows += t.rows[reason]
		parts = append(parts, fmt.Sprintf("%d %s", t.rows[reason], reason))
	}
	switch rows {
	case 0:
		return ""
	case 1:
		return "; 1 row is not among them: " + parts[0]
	}
	return fmt.Sprintf("; %d rows are not among them: %s", rows, strings.Join(parts, ", "))
}

// undirected are the units that have no direction and are none of the harness's.
func (res *Result) undirected() []string {
	var found []string
	for i := range res.Rows {
		r := &res.Rows[i]
		if _, ours := results.MetricByUnit(r.Unit); r.Better == units.Unknown && !ours && !slices.Contains(found, r.Unit) {
			found = append(found, r.Unit)
		}
	}
	return found
}

// legend explains below the tables what their columns are, and why rows were not
// judged.
func (res *Result) legend() string {
	design := "paired by block; p: exact signed-rank test"
	if slices.ContainsFunc(res.Rows, func(r Row) bool { return len(r.differences) > stats.ExactDifferences }) {
		design = fmt.Sprintf("paired by block; p: signed-rank test, exact up to %d blocks", stats.ExactDifferences)
	}
	agreement := ""
	if !res.Paired {
		agreement = res.agreement()
		design = "not interleaved: whatever the machine did between the two is in these differences; p: Mann–Whitney"
	}
	var notes strings.Builder
	if undirected := res.undirected(); len(undirected) > 0 {
		fmt.Fprintf(&notes, "\nOf %s nobody says which way is better, so a change is neither better nor worse: a line \"Unit %s better=lower\" (or higher) in the input says it.",
			strings.Join(undirected, ", "), undirected[0])
	}
	for _, n := range res.Notes {
		notes.WriteString("\nNote: " + n + ".")
	}
	return "± is the 95 % interval of a median. " + strings.ToUpper(design[:1]) + design[1:] +
		". Effect: Hodges–Lehmann, head over base.\nAdjusted p: for all primary rows together, by exchanging what came from base and head. " +
		"Detects: the smallest effect that a row's own test (p ≤ 0.05, before it is adjusted) had an 80 % chance to see." + agreement + notes.String()
}
