package gate

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// seconds gives rows their second base: the values of the A/A copy of base, where a
// run has one. A row with marks, of its own or of the copy's, does without: the trios
// of a block are exchangeable only if nothing was left out for what it was. A generator
// that was delayed is no such mark: it delays any of the three alike, and what it delayed
// is left out of the block, whichever it was.
func seconds(rows []Judgement, in Input) {
	for _, c := range in.Controls {
		if c.Kind != ControlAA || c.Base != in.BaseLabel || c.Head == in.HeadLabel {
			continue
		}
		for i := range rows {
			for k := range c.Rows {
				copied := &c.Rows[k]
				same := copied.Name == rows[i].Name && copied.Config == rows[i].Config && copied.Unit == rows[i].Unit
				if same && copied.onlyDelayed() && rows[i].onlyDelayed() {
					rows[i].again = byBlock(copied)
				}
			}
		}
	}
}

// onlyDelayed reports whether the row has no marks but those of delayed generators, each
// of one side.
func (r *Row) onlyDelayed() bool {
	return !slices.ContainsFunc(r.Marks, func(m Mark) bool { return m.Bias != compare.Delays || m.forbids() })
}

// byBlock are the values of head by block, without marked ones. It is nil if there are
// none.
func byBlock(r *Row) map[int]float64 {
	var m map[int]float64
	for k, b := range r.Blocks {
		if _, head := r.biasOf(b); math.IsNaN(r.Head[k]) || head.marked() {
			continue
		}
		if m == nil {
			m = make(map[int]float64, len(r.Blocks))
		}
		m[b] = r.Head[k]
	}
	return m
}

// trio is how far head, base and its copy lie above the others in the k-th block, on
// the scale of the row and clamped for the test. It returns false if one of them is
// missing, or if there is none to tell from another.
func (j *Judgement) trio(k int) (trio stats.Trio, ok bool) {
	again, ok := j.again[j.Blocks[k]]
	base, head := j.Base[k], j.Head[k]
	if !ok || math.IsNaN(base) || math.IsNaN(head) {
		return stats.Trio{}, false
	}
	told := false
	between := func(low, high float64) float64 {
		d := j.difference(low, high)
		if math.IsNaN(d) {
			return 0 // of two values that nothing tells apart
		}
		told = true
		return j.on().Clamp(d)
	}
	up, over, apart := between(base, head), between(again, head), between(again, base)
	return stats.Trio{Head: (up + over) / 2, Base: (apart - up) / 2, Copy: (-over - apart) / 2}, told
}

// measuredAgainst is head against the mean of both bases in the k-th block, as it was
// measured, or against base alone where the copy allows no difference.
func (j *Judgement) measuredAgainst(k int) float64 {
	d := j.difference(j.Base[k], j.Head[k])
	again, ok := j.again[j.Blocks[k]]
	if !ok {
		return d
	}
	if over := j.difference(again, j.Head[k]); !math.IsInf(d, 0) && !math.IsNaN(over) && !math.IsInf(over, 0) {
		return (d + over) / 2
	}
	return d
}
