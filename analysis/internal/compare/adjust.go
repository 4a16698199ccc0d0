package compare

import (
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

func sortedBlocks(m map[int]float64) []int { return slices.Sorted(maps.Keys(m)) }

// Adjust corrects the p-values of each family for the number of its rows and
// draws the verdicts anew. The rows may come from several comparisons that are
// read together, such as the scenarios of one report. Paired rows go through
// max-T over the blocks that all of them have; unpaired ones, and paired ones
// that max-T cannot take, through Holm.
func Adjust(rows []*Row) {
	defer func() {
		for _, r := range rows {
			r.judge()
		}
	}()
	for _, family := range []string{FamilyHTTP, FamilyMicro} {
		var paired, rest []*Row
		for _, r := range rows {
			if r.Family != family || math.IsNaN(r.P) || r.marked || r.Method == "exact" {
				continue
			}
			if r.Paired && finite(r.differences) {
				paired = append(paired, r)
			} else {
				rest = append(rest, r)
			}
		}
		if len(rest) == 0 && maxT(paired) {
			continue
		}
		all := slices.Concat(paired, rest)
		p := make([]float64, len(all))
		for i, r := range all {
			p[i] = r.P
		}
		for i, q := range stats.Holm(p) {
			all[i].PAdjusted = q
		}
	}
}

// maxT adjusts rows together by sign flips of their common blocks, and reports
// whether there are enough of these to do so.
func maxT(rows []*Row) bool {
	if len(rows) == 0 {
		return true
	}
	common := rows[0].differBlock
	for _, r := range rows[1:] {
		common = slices.DeleteFunc(slices.Clone(common), func(b int) bool { return !slices.Contains(r.differBlock, b) })
	}
	if len(common) < len(rows[0].differBlock) && len(common) < 6 {
		return false
	}
	d := make([][]float64, len(rows))
	for i, r := range rows {
		for _, b := range common {
			d[i] = append(d[i], r.differences[slices.Index(r.differBlock, b)])
		}
	}
	for i, p := range stats.MaxT(d, stats.TwoSided, stats.Seed(d)) {
		rows[i].PAdjusted = p
	}
	return true
}

func finite(v []float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}
