package effect

import (
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Blocks in which something else delayed the generator do not count, and the others do, as
// long as they are enough and nothing else is wrong with the row.
func TestDelayedBlocksAreLeftOut(t *testing.T) {
	row := func(blocks int, paired bool, marks ...compare.Mark) compare.Row {
		r := compare.Row{Name: "HTTP/scenario=a", Unit: "p99-sec", Better: units.Lower, Paired: paired, Marks: marks}
		for b := range blocks {
			head := 1.3 + 0.01*float64(b%3)
			if b == 1 {
				head = 9 // delayed
			}
			r.Base.Values, r.Base.Blocks = append(r.Base.Values, 1), append(r.Base.Blocks, b+1)
			r.Head.Values, r.Head.Blocks = append(r.Head.Values, head), append(r.Head.Blocks, b+1)
		}
		r.Base.Median, r.Head.Median = stats.Median(r.Base.Values), stats.Median(r.Head.Values)
		return r
	}
	delayed := compare.Mark{Kind: compare.Delayed, Side: "head", Blocks: []int{2}, Bias: compare.Delays, Text: "delayed in 1 of 8 trials"}
	for _, c := range []struct {
		name    string
		row     compare.Row
		verdict string
		n       int
	}{
		{"one of eight", row(8, true, delayed), Worse, 7},
		{"too few are left", row(6, true, delayed), NotJudged, 6},
		{"not by block", row(8, false, delayed), NotJudged, 8},
		{"another mark", row(8, true, delayed, compare.Mark{Kind: compare.Saturated, Text: "saturated"}), NotJudged, 8},
		{"no mark", row(8, true), Worse, 8},
	} {
		r := newRow(c.row)
		r.judge()
		if r.Verdict != c.verdict || r.Effect.N != c.n {
			t.Errorf("%s: %q by %d blocks, want %q by %d: %v", c.name, r.Verdict, r.Effect.N, c.verdict, c.n, r.Notes)
		}
		if said := slices.Contains(r.Notes, "judged by the other 7 blocks"); said != (c.n == 7) {
			t.Errorf("%s: notes %q", c.name, r.Notes)
		}
		if c.n == 7 && r.Effect.High > 1.4 {
			t.Errorf("%s: the delayed block counts: %+v", c.name, r.Effect)
		}
	}
}
