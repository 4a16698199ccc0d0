package compare

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// pairedRow is a row of one family over blocks 1 to n.
func pairedRow(differences ...float64) *Row {
	r := &Row{Family: FamilyMicro, Paired: true, differences: differences, P: stats.SignedRankTest(differences).P, PAdjusted: math.NaN()}
	for i := range differences {
		r.differBlock = append(r.differBlock, i+1)
	}
	return r
}

// A row that has no ratio must not take the power of max-T from the others, and
// still counts among them.
func TestAdjustSplitsAFamily(t *testing.T) {
	inf := math.Inf(-1)
	clear := func() *Row { return pairedRow(0.5, 0.52, 0.49, 0.51, 0.5, 0.48, 0.53, 0.5, 0.47, 0.54) }
	var rows []*Row
	for range 38 {
		rows = append(rows, clear())
	}
	for range 2 {
		rows = append(rows, pairedRow(inf, inf, inf, inf, inf, inf, inf, inf, inf, inf))
	}
	Adjust(rows)
	const smallest = 2.0 / 1024 // all ten blocks on one side, two-sided
	if got, want := rows[0].PAdjusted, smallest/0.95; math.Abs(got-want) > 1e-12 {
		t.Errorf("max-T in a split family: adjusted p %v, want %v", got, want)
	}
	if got, want := rows[39].PAdjusted, 2*smallest/0.05; math.Abs(got-want) > 1e-12 {
		t.Errorf("Holm in a split family: adjusted p %v, want %v", got, want)
	}
	whole := []*Row{clear(), clear()}
	Adjust(whole)
	if got := whole[0].PAdjusted; math.Abs(got-smallest) > 1e-12 {
		t.Errorf("a family of one kind: adjusted p %v, want %v", got, smallest)
	}
}
