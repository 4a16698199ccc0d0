package effect

import (
	"math"
	"slices"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// pairedRow is a row of one family over blocks 1 to n.
func pairedRow(differences ...float64) *Row {
	r := &Row{Row: compare.Row{Family: compare.FamilyMicro, Paired: true}, differences: differences, P: stats.SignedRankTest(differences).P, PAdjusted: math.NaN()}
	for i := range differences {
		r.differBlock = append(r.differBlock, i+1)
	}
	return r
}

// apart is a row of two columns that are not paired, with values 1, 2, … over so
// many blocks, and those of head so many times as large.
func apart(head string, blocks int, times float64) *Row {
	r := &Row{Row: compare.Row{Family: compare.FamilyMicro, Base: compare.Side{Label: "old"}, Head: compare.Side{Label: head}}, PAdjusted: math.NaN()}
	for b := range blocks {
		v := 100 + float64(b*7%blocks)
		r.Base.Values, r.Base.Blocks = append(r.Base.Values, v), append(r.Base.Blocks, b+1)
		r.Head.Values, r.Head.Blocks = append(r.Head.Values, times*(v+0.5)), append(r.Head.Blocks, b+1)
	}
	r.P = stats.MannWhitney(r.Base.Values, r.Head.Values)
	return r
}

// tenAlike is a row in which ten blocks all say the same, and smallest the least p
// that it can have.
func tenAlike() *Row { return pairedRow(0.5, 0.52, 0.49, 0.51, 0.5, 0.48, 0.53, 0.5, 0.47, 0.54) }

const smallest = 2.0 / 1024

func checkAdjusted(t *testing.T, what string, r *Row, want float64) {
	t.Helper()
	if math.Abs(r.PAdjusted-want) > 1e-12 {
		t.Errorf("%s: adjusted p %v, want %v", what, r.PAdjusted, want)
	}
}

// A row that has no ratio must not take the power of max-T from the others, and
// is itself as clear as its blocks.
func TestAdjustWithoutRatio(t *testing.T) {
	var rows []*Row
	for range 38 {
		rows = append(rows, tenAlike())
	}
	for range 2 {
		rows = append(rows, pairedRow(slices.Repeat([]float64{math.Inf(-1)}, 10)...))
	}
	Adjust(rows)
	checkAdjusted(t, "with a ratio", rows[0], smallest)
	checkAdjusted(t, "without one", rows[39], smallest)
}

// Where a family has parts that are adjusted apart, each pays for the others.
func TestAdjustSplitsAFamily(t *testing.T) {
	var rows []*Row
	for range 30 {
		rows = append(rows, tenAlike())
	}
	for range 10 {
		rows = append(rows, apart("new", 6, 2))
	}
	other := apart("newer", 6, 2)
	rows = append(rows, other)
	Adjust(rows)
	checkAdjusted(t, "paired", rows[0], smallest*41/30)
	checkAdjusted(t, "not paired", rows[30], 2.0/924*41/10)
	checkAdjusted(t, "of other columns", other, 2.0/924*41)
	whole := []*Row{tenAlike(), tenAlike()}
	Adjust(whole)
	checkAdjusted(t, "a family of one kind", whole[0], smallest)
}

// Rows are tested over the blocks that they have, whatever others have, and in
// whatever order they come.
func TestAdjustOverTheBlocksOfEachRow(t *testing.T) {
	ten, six := tenAlike(), pairedRow(0.5, 0.52, 0.49, 0.51, 0.5, 0.48)
	for _, rows := range [][]*Row{{ten, six}, {six, ten}} {
		Adjust(rows)
		checkAdjusted(t, "ten blocks", ten, smallest)
		checkAdjusted(t, "six blocks", six, 2.0/64)
	}
	// Four in common.
	late := pairedRow(tenAlike().differences...)
	for i := range late.differBlock {
		late.differBlock[i] += 6
	}
	for _, rows := range [][]*Row{{ten, late}, {late, ten}} {
		Adjust(rows)
		// By chance either is as clear; both are in 2 of 2¹⁶ flips.
		checkAdjusted(t, "the first ten blocks", ten, 2*smallest-2.0/65536)
		checkAdjusted(t, "the last ten blocks", late, 2*smallest-2.0/65536)
	}
}

// Of two whole runs, a row of six trials a side that is twice as slow is found
// among hundreds that are not.
func TestAdjustWholeRuns(t *testing.T) {
	var rows []*Row
	for range 200 {
		rows = append(rows, apart("new", 6, 1))
	}
	for range 45 {
		rows = append(rows, apart("new", 10, 1))
	}
	slow := apart("new", 6, 2)
	slow.Better = units.Lower
	slow.Effect = stats.Estimate{N: 6, Center: 2, Low: 1.9, High: 2.1, Confidence: 0.96}
	slow.Base.Median, slow.Head.Median = stats.Median(slow.Base.Values), stats.Median(slow.Head.Values)
	Adjust(append(rows, slow))
	checkAdjusted(t, "twice as slow", slow, 2.0/924)
	if slow.Verdict != Worse || rows[0].PAdjusted < 0.5 {
		t.Errorf("verdict %q, and adjusted p %v of rows that do not differ", slow.Verdict, rows[0].PAdjusted)
	}
}

// What has no ratio is judged by its ranks, if these and the adjusted p see it.
func TestVerdictWithoutRatio(t *testing.T) {
	inf := math.Inf(1)
	ones, many := slices.Repeat([]float64{1}, 10), slices.Repeat([]float64{inf}, 10)
	few := slices.Clone(ones)
	few[3], few[6] = inf, inf
	for _, c := range []struct {
		name       string
		base, head []float64
		better     units.Direction
		want, why  string
	}{
		{"head beyond the time-out", ones, many, units.Lower, Worse, "head is beyond the time-out"},
		{"base beyond the time-out", many, ones, units.Lower, Better, "base is beyond the time-out"},
		{"the first goodput", slices.Repeat([]float64{0}, 10), ones, units.Higher, Better, "base is 0"},
		{"of no direction", ones, many, units.Unknown, Changed, "head is beyond the time-out"},
		{"twice in ten", ones, few, units.Lower, Unclear, "head is beyond the time-out in 2 of 10"},
		{"both beyond the time-out", many, many, units.Lower, Unclear, "both are beyond the time-out"},
		{"nothing allocated on either side", slices.Repeat([]float64{0}, 10), slices.Repeat([]float64{0}, 10), units.Lower, Same, "both are 0"},
		{"no goodput on either side", slices.Repeat([]float64{0}, 10), slices.Repeat([]float64{0}, 10), units.Higher, Unclear, "both are 0"},
		{"below zero", ones, slices.Repeat([]float64{-1}, 10), units.Higher, Worse, "head is below 0"},
	} {
		for _, paired := range []bool{true, false} {
			side := func(label string, values []float64) compare.Side {
				s := compare.Side{Label: label, Results: 10, Values: values, Median: stats.Median(values)}
				for b := range values {
					s.Blocks = append(s.Blocks, b+1)
				}
				return s
			}
			r := newRow(compare.Row{Unit: "x", Better: c.better, Paired: paired, Family: compare.FamilyMicro, Base: side("old", c.base), Head: side("new", c.head)})
			Adjust([]*Row{&r})
			if r.Verdict != c.want || r.effect() != "no ratio: "+c.why {
				t.Errorf("%s, paired %v: %s, effect %q; want %s, for %s (p %v, adjusted %v)", c.name, paired, r.Verdict, r.effect(), c.want, c.why, r.P, r.PAdjusted)
			}
		}
	}
}
