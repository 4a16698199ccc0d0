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
// that max-T cannot take, through Holm. A family with both kinds is split: each
// part's p-values are divided by its share of the rows, which keeps the level for
// the whole (weighted Bonferroni).
//
// Note: sending all rows through Holm for the sake of one that max-T cannot take,
// such as an allocation that one side does not make at all, would reject nothing
// in a family of more than 25 rows over ten blocks.
func Adjust(rows []*Row) {
	defer func() {
		for _, r := range rows {
			r.judge()
		}
	}()
	for _, family := range []string{FamilyHTTP, FamilyMicro} {
		var paired, rest []*Row
		for _, r := range rows {
			if r.Family != family || math.IsNaN(r.P) || len(r.Marks) > 0 || r.Method == "exact" {
				continue
			}
			if r.Paired && finite(r.differences) {
				paired = append(paired, r)
			} else {
				rest = append(rest, r)
			}
		}
		if !maxT(paired) {
			paired, rest = nil, slices.Concat(paired, rest)
		}
		holm(rest)
		if len(paired) > 0 && len(rest) > 0 {
			divide(paired, float64(len(paired))/float64(len(paired)+len(rest)))
			divide(rest, float64(len(rest))/float64(len(paired)+len(rest)))
		}
	}
}

func holm(rows []*Row) {
	p := make([]float64, len(rows))
	for i, r := range rows {
		p[i] = r.P
	}
	for i, q := range stats.Holm(p) {
		rows[i].PAdjusted = q
	}
}

// divide spends a share of the level on rows.
func divide(rows []*Row, share float64) {
	for _, r := range rows {
		r.PAdjusted = min(1, r.PAdjusted/share)
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
