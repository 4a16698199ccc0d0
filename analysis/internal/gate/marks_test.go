package gate

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// blocks are the first n.
func firstBlocks(n int) []int {
	var all []int
	for b := range n {
		all = append(all, b+1)
	}
	return all
}

// slowIn makes head take twice as long in some blocks.
func slowIn(r Row, blocks ...int) Row {
	for _, b := range blocks {
		r.Head[b-1] *= 2
	}
	return r
}

// A mark never hides a loss that it can only understate, and never passes for no
// change.
func TestMarksHaveADirection(t *testing.T) {
	head := func(bias compare.Bias, blocks []int) Mark {
		return Mark{Text: "marked head", Head: true, Bias: bias, Blocks: blocks}
	}
	base := func(bias compare.Bias, blocks []int) Mark {
		return Mark{Text: "marked base", Base: true, Bias: bias, Blocks: blocks}
	}
	missing := func(r Row, side []float64, n int) Row {
		for b := range n {
			side[b] = nan
		}
		return r
	}
	gone := times(10, 1)
	goneTwice := times(10, 1)
	baseGone := times(10, 1)
	for _, c := range []struct {
		name  string
		row   Row
		marks []Mark
		want  string
	}{
		{"slower, head marked as flattered", times(20, 1.3), []Mark{head(compare.Flatters, nil)}, Regression},
		{"slower, one block of either side", times(20, 1.3), []Mark{head(compare.Flatters, []int{3}), base(compare.Flatters, []int{7})}, Regression},
		{"alike, one block of either side", times(20, 1), []Mark{head(compare.Flatters, []int{3}), base(compare.Flatters, []int{7})}, Pass},
		{"alike, head marked in all blocks", times(20, 1), []Mark{head(compare.Flatters, nil)}, Inconclusive},
		{"alike, head marked in some", times(10, 1), []Mark{head(compare.Flatters, []int{1, 2, 3})}, Inconclusive},
		{"slower, both marked", times(20, 1.3), []Mark{head(compare.Flatters, nil), base(compare.Flatters, nil)}, Inconclusive},
		{"slower, base alone has the generator in it", times(20, 3), []Mark{base(compare.Burdens, nil)}, Regression},
		{"alike, base alone has the generator in it", times(20, 1), []Mark{base(compare.Burdens, nil)}, Inconclusive},
		{"slower, head has the generator in it", times(20, 3), []Mark{head(compare.Burdens, nil)}, Inconclusive},
		{"alike, the generator was delayed in two blocks of head", times(10, 1), []Mark{head(compare.Delays, []int{2, 9})}, Pass},
		{"alike, delayed in one block of head and one of base", times(10, 1), []Mark{head(compare.Delays, []int{2}), base(compare.Delays, []int{5})}, Pass},
		{"alike, delayed in three blocks of head", times(10, 1), []Mark{head(compare.Delays, []int{2, 5, 9})}, Inconclusive},
		{"alike, delayed in all blocks of head", times(20, 1), []Mark{head(compare.Delays, nil)}, Inconclusive},
		{"alike, delayed and flattered in one block of head", times(10, 1), []Mark{head(compare.Delays, []int{2}), head(compare.Flatters, []int{2, 5, 9})}, Inconclusive},
		{"slower, delayed in two blocks of head", times(10, 1.3), []Mark{head(compare.Delays, []int{2, 9})}, Regression},
		{"slower, delayed in all blocks of head", times(20, 1.3), []Mark{head(compare.Delays, nil)}, Inconclusive},
		{"slower, delayed in all blocks of base", times(20, 1.3), []Mark{base(compare.Delays, nil)}, Regression},
		{"slower by far in the delayed blocks of head", slowIn(times(10, 1), 2, 9), []Mark{head(compare.Delays, []int{2, 9})}, Pass},
		{"alike, base marked in three of ten", times(10, 1), []Mark{base(compare.Flatters, []int{1, 2, 3})}, Inconclusive},
		{"alike, base marked in two of ten", times(10, 1), []Mark{base(compare.Flatters, []int{1, 2})}, Pass},
		{"head has no value in most blocks", missing(gone, gone.Head, 9), []Mark{head(compare.Flatters, firstBlocks(9))}, Regression},
		{"head has no value in two of ten", missing(goneTwice, goneTwice.Head, 2), []Mark{head(compare.Flatters, firstBlocks(2))}, Inconclusive},
		{"base has no value in most blocks", missing(baseGone, baseGone.Base, 9), []Mark{base(compare.Flatters, firstBlocks(9))}, Inconclusive},
		{"slower, nobody knows the direction", times(20, 3), []Mark{{Text: "marked", Head: true}}, Inconclusive},
	} {
		c.row.Marks = c.marks
		in := paired(c.row)
		in = in.at(len(c.row.Blocks), nil)
		v := Judge(in)
		if v.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %q", c.name, v.Verdict, c.want, v.Explain())
		}
		if v.Verdict == Inconclusive && !strings.Contains(strings.Join(v.Explain(), "; "), "marked") {
			t.Errorf("%s: the marks are not named: %q", c.name, v.Explain())
		}
	}
}

// A mark on one block hides no bad starts in the others.
func TestBadStartsBesideAMark(t *testing.T) {
	row := slowIn(times(20, 1), 7, 15)
	row.Marks = []Mark{{Text: "delayed base", Base: true, Bias: compare.Delays, Blocks: []int{1}}}
	in := paired(row)
	v := Judge(in.at(20, nil))
	if said := strings.Join(v.Explain(), "; "); v.Verdict != Inconclusive || !strings.Contains(said, "bad starts: in 2 of") {
		t.Errorf("%s: %q", v.Verdict, v.Explain())
	}
}

// What befalls head more often than base is a regression by itself, at the level of the
// look, and says which it is.
func TestEvents(t *testing.T) {
	for _, c := range []struct {
		name       string
		base, head []int
		blocks     int
		want       string
	}{
		{"in all blocks of head", nil, firstBlocks(20), 20, Regression},
		{"in seven of ten", nil, firstBlocks(7), 10, Regression},
		{"in four of twenty", nil, firstBlocks(4), 20, Pass},
		{"in as many of base", firstBlocks(8), firstBlocks(8), 10, Pass},
		{"in all blocks of base", firstBlocks(10), nil, 10, Pass},
		{"much more often", []int{1}, firstBlocks(10), 10, Regression},
	} {
		in := paired(times(c.blocks, 1))
		in = in.at(c.blocks, nil)
		in.Events = []Event{{Name: "HTTP/row", What: crashedTrials, Base: c.base, Head: c.head}}
		v := Judge(in)
		if v.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %q", c.name, v.Verdict, c.want, v.Explain())
		}
		if said := strings.Join(v.Explain(), "; "); (c.want == Regression) != strings.Contains(said, "HTTP/row crashes: worse") {
			t.Errorf("%s: %q", c.name, said)
		}
	}
}

// The A/A copy is a second base: noise of base that the copy does not share counts for
// half. It is the second base of its own build alone.
func TestSecondBase(t *testing.T) {
	noisy := times(10, 1).with(func(r *Row) {
		for b := range r.Base {
			r.Base[b] *= 1 + 0.1*float64(b%3-1)
		}
	})
	copied := noisy.with(func(r *Row) {
		r.Head = make([]float64, len(r.Base))
		for b := range r.Head {
			r.Head[b] = 0.01 / r.Base[b]
		}
	})
	in := paired(noisy)
	in.BaseLabel, in.HeadLabel = "base", "head"
	alone := Judge(in)
	in.Controls = []Control{{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{copied}}}
	if both := Judge(in); alone.Verdict != Inconclusive || both.Rows[0].Outcome != Pass {
		t.Errorf("%s without a second base, and the row %s with one (%q)", alone.Verdict, both.Rows[0].Outcome, both.Rows[0].Reasons)
	}
	in.BaseLabel = "other"
	if p := Judge(in).Rows[0].PAdjusted; p != alone.Rows[0].PAdjusted {
		t.Errorf("a copy of another variant changes p from %v to %v", alone.Rows[0].PAdjusted, p)
	}
}
