package gate

import (
	"math"
	"math/rand/v2"
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

// A pause of the machine that delayed the generator in one trial of the A/A copy, or of
// base, marks one row. It does not keep the rows beside it from being proven worse at
// the first look: by signs alone, no p beside a row of six blocks is below 1/64.
func TestDelayedCopyKeepsSecondBase(t *testing.T) {
	alike := func(r Row) Row { // base against its copy
		return r.with(func(r *Row) {
			r.Head = make([]float64, len(r.Base))
			for b := range r.Head {
				r.Head[b] = r.Base[b] * (1 + 0.002*float64(b%2))
			}
		})
	}
	for _, c := range []struct {
		name             string
		ofRow, ofControl []Mark
		atMost           float64 // p of the row that is slower
		blocks           int     // left of the row that is marked
	}{
		{"no pause", nil, nil, 1. / 243, 6},
		{"the copy was delayed", nil, []Mark{{Text: "delayed", Head: true, Bias: compare.Delays, Blocks: []int{4}}}, 1. / 243, 6},
		{
			"base was delayed", []Mark{{Text: "delayed", Base: true, Bias: compare.Delays, Blocks: []int{4}}},
			[]Mark{{Text: "delayed", Base: true, Bias: compare.Delays, Blocks: []int{4}}}, 1. / 243, 5,
		},
		{"head was delayed", []Mark{{Text: "delayed", Head: true, Bias: compare.Delays, Blocks: []int{4}}}, nil, 1. / 243, 5},
	} {
		slower, tail := times(6, 1.1), times(6, 1).with(func(r *Row) { r.Unit, r.Margin = "p99-sec", 0.1 })
		tail.Marks = c.ofRow
		copied := alike(tail)
		copied.Marks = c.ofControl
		in := paired(slower, tail).at(6, []int{})
		in.BaseLabel, in.HeadLabel = "base", "head"
		in.Controls = []Control{{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{alike(slower), copied}}}
		v := Judge(in)
		if p, n := v.Rows[0].PAdjusted, v.Rows[1].N; p > c.atMost || n != c.blocks || v.Verdict != Regression {
			t.Errorf("%s: %s, p %.4f, want at most %.4f; %d blocks of the marked row, want %d", c.name, v.Verdict, p, c.atMost, n, c.blocks)
		}
	}
}

// Rows with second bases of which some trials were delayed are called worse as rarely as
// the level says, if nothing changed.
func TestLevelOfDelayedCopies(t *testing.T) {
	checks := 2000
	if testing.Short() {
		checks = 200
	}
	const alpha = 0.05
	r := rand.New(rand.NewPCG(3, 1))
	wrong := 0
	for range checks {
		row := times(10, 1).with(func(r *Row) { r.Unit, r.Margin = "p99-sec", 0.0001 })
		copied := row.with(func(r *Row) { r.Head = make([]float64, len(r.Base)) })
		copied.Blocks, copied.Base = row.Blocks, row.Base
		delay := func(marks []Mark, values []float64, b int, base, head bool) []Mark {
			values[b] *= 2
			return append(marks, Mark{Text: "delayed", Base: base, Head: head, Bias: compare.Delays, Blocks: []int{b + 1}})
		}
		for b := range row.Blocks {
			for _, values := range [][]float64{row.Base, row.Head, copied.Head} {
				values[b] = math.Exp(0.05 * r.NormFloat64())
			}
			if r.Float64() < 0.1 {
				row.Marks = delay(row.Marks, row.Head, b, false, true)
			}
			if r.Float64() < 0.1 {
				row.Marks = delay(row.Marks, row.Base, b, true, false)
			}
			if r.Float64() < 0.1 {
				copied.Marks = delay(copied.Marks, copied.Head, b, false, true)
			}
		}
		in := paired(row).at(10, []int{})
		in.Alpha = alpha
		in.BaseLabel, in.HeadLabel = "base", "head"
		in.Controls = []Control{{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{copied}}}
		rows, _ := judgeCheck(in)
		if rows[0].PAdjusted <= alpha {
			wrong++
		}
	}
	// The upper end of an interval of 99.9 % for a level of 5 %.
	if most := alpha + 3.1*math.Sqrt(alpha*(1-alpha)/float64(checks)); float64(wrong) > most*float64(checks) {
		t.Errorf("%d of %d checks of equal builds have p ≤ %v", wrong, checks, alpha)
	}
	t.Logf("%d of %d checks of equal builds have p ≤ %v", wrong, checks, alpha)
}
