package effect

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Adjust corrects the p-values of each family for the number of its rows, and
// decides the verdicts again. The rows may come from several comparisons that are
// read together, such as the scenarios of one report. Rows are adjusted by max-T:
// paired rows by flipping the signs of their blocks, other rows by exchanging blocks
// between the two columns. A family with both kinds, or with several pairs of
// columns that are not paired, is split. The p-values of each part are then divided
// by the part's share of the rows, which keeps the level for the whole (weighted
// Bonferroni).
//
// Note: Holm's correction of each row's own test was rejected. With ten blocks it
// rejects nothing in a family of more than 25 rows; with six unpaired values per
// side, nothing in a family of more than 23. A whole run has hundreds of rows.
func Adjust(rows []*Row) {
	defer func() {
		for _, r := range rows {
			r.judge()
		}
	}()
	for _, family := range []string{compare.FamilyHTTP, compare.FamilyMicro} {
		// Rows can be adjusted together only if one resampling of the blocks means the
		// same for all of them: a flip of signs for paired rows, an exchange between
		// the same two columns for others.
		type columns struct{ base, head string } // empty: paired
		parts := map[columns][]*Row{}
		var order []columns
		all := 0.0
		for _, r := range rows {
			if r.Family != family || math.IsNaN(r.P) || len(r.Marks) > 0 || r.Method == exactMethod {
				continue
			}
			var c columns
			if !r.Paired {
				c = columns{r.Base.Label, r.Head.Label}
			}
			if parts[c] == nil {
				order = append(order, c)
			}
			parts[c] = append(parts[c], r)
			all++
		}
		for _, c := range order {
			part := parts[c]
			for i, p := range maxT(part) {
				// A part with a tenth of the rows may spend a tenth of the level.
				part[i].PAdjusted = min(1, p*all/float64(len(part)))
			}
		}
	}
}

// maxT adjusts rows together. Either all of them are paired, or none is.
func maxT(rows []*Row) []float64 {
	if rows[0].Paired {
		var values [][]float64
		var blocks [][]int
		for _, r := range rows {
			values, blocks = append(values, r.bounded()), append(blocks, r.differBlock)
		}
		// Rows of several scenarios share blocks, and a row may lack some of them. All
		// rows need the same columns, or the sign of a block could not be flipped in
		// all of them at once.
		d := align(values, blocks)
		return stats.MaxT(d, stats.TwoSided, stats.Seed(d))
	}
	var values [2][][]float64
	var blocks [2][][]int
	for _, r := range rows {
		base, head := r.Scale().Place(r.Base.Values, r.Head.Values, compare.Limit)
		values[0], blocks[0] = append(values[0], base), append(blocks[0], r.Base.Blocks)
		values[1], blocks[1] = append(values[1], head), append(blocks[1], r.Head.Blocks)
	}
	base, head := align(values[0], blocks[0]), align(values[1], blocks[1])
	return stats.MaxTShift(base, head, stats.TwoSided, stats.Seed(slices.Concat(base, head)))
}

// align arranges values by block, with NaN where a row has no value for a block. A
// row that pools several benchmarks has several values in a block; the k-th of them
// is aligned with the k-th of other rows.
func align(values [][]float64, blocks [][]int) [][]float64 {
	type unit struct{ block, nth int }
	columns := map[unit]int{}
	at := make([][]int, len(values))
	for i := range values {
		seen := map[int]int{}
		for _, b := range blocks[i] {
			u := unit{b, seen[b]}
			seen[b]++
			if _, ok := columns[u]; !ok {
				columns[u] = len(columns)
			}
			at[i] = append(at[i], columns[u])
		}
	}
	rows := make([][]float64, len(values))
	for i := range rows {
		rows[i] = slices.Repeat([]float64{math.NaN()}, len(columns))
		for k, v := range values[i] {
			rows[i][at[i][k]] = v
		}
	}
	return rows
}

// bounded returns the differences by block, clamped as the tests need them.
func (r *Row) bounded() []float64 {
	d, scale := make([]float64, len(r.differences)), r.Scale() // which looks at all values
	for i, x := range r.differences {
		d[i] = scale.Clamp(x)
	}
	return d
}
