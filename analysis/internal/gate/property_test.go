package gate

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// drawInput draws a check: few or many blocks, quiet or noisy, with holes,
// time-outs and effects.
func drawInput(t *rapid.T) Input {
	in := Input{
		Paired: rapid.Bool().Draw(t, "paired"), Alpha: rapid.SampledFrom([]float64{0.02, 0.03, 0.05}).Draw(t, "alpha"),
		Planned: 10,
	}
	for range rapid.IntRange(1, 5).Draw(t, "rows") {
		in.Rows = append(in.Rows, drawRow(t, in.Paired))
	}
	return in
}

func drawRow(t *rapid.T, paired bool) Row {
	r := Row{
		Name: "row", Unit: "x-sec", Family: rapid.SampledFrom([]string{compare.FamilyHTTP, compare.FamilyMicro}).Draw(t, "family"),
		Better: rapid.SampledFrom([]units.Direction{units.Lower, units.Higher}).Draw(t, "better"),
		Share:  rapid.Bool().Draw(t, "share"), Margin: rapid.SampledFrom([]float64{0.01, 0.05, 0.1}).Draw(t, "margin"),
	}
	if r.Share {
		r.Unit = "x-ratio"
	}
	blocks := rapid.IntRange(0, 12).Draw(t, "blocks")
	cv := rapid.SampledFrom([]float64{0, 0.001, 0.02, 0.3}).Draw(t, "cv")
	// None is a margin: exactly there rounding decides.
	effect := rapid.SampledFrom([]float64{0.5, 0.93, 1, 1.03, 1.2, 3}).Draw(t, "effect")
	value := func(effect float64) float64 {
		switch rapid.IntRange(0, 40).Draw(t, "kind") {
		case 0:
			return math.NaN()
		case 1:
			if !r.Share {
				return math.Inf(1)
			}
		case 2:
			return 0
		}
		// In steps: of two values that differ in the last bit, scaling may make one.
		return 0.2 * effect * math.Exp(cv*float64(rapid.IntRange(-1000, 1000).Draw(t, "noise"))/1000)
	}
	for b := range blocks {
		if paired {
			r.Blocks = append(r.Blocks, b+1)
		}
		r.Base = append(r.Base, value(1))
		r.Head = append(r.Head, value(effect))
	}
	return r
}

// swap exchanges base and head.
func swap(in Input) Input {
	out := in
	out.Rows = slices.Clone(in.Rows)
	for i := range out.Rows {
		out.Rows[i].Base, out.Rows[i].Head = in.Rows[i].Head, in.Rows[i].Base
	}
	return out
}

// A row is never worse both ways: what is worse one way is better the other.
func TestSwap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		there, back := Judge(in), Judge(swap(in))
		for i := range in.Rows {
			a, b := there.Rows[i], back.Rows[i]
			if a.Outcome == Regression && b.Outcome == Regression {
				t.Fatalf("row %d is worse both ways: losses %v and %v", i, a.Loss, b.Loss)
			}
			if a.Outcome == Regression && !(b.ruled.loss < 0) {
				t.Fatalf("row %d is worse by %v, and the other way by %v", i, a.ruled.loss, b.ruled.loss)
			}
		}
	})
}

// The unit in which times are told changes nothing, and neither does the order
// of the rows nor that of the blocks.
func TestInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		other := in
		other.Rows = nil
		scale := rapid.SampledFrom([]float64{1024, 1.0 / 1024}).Draw(t, "scale")
		for _, r := range in.Rows {
			r.Base, r.Head, r.Blocks = slices.Clone(r.Base), slices.Clone(r.Head), slices.Clone(r.Blocks)
			if !r.Share {
				for _, side := range [][]float64{r.Base, r.Head} {
					for i := range side {
						side[i] *= scale
					}
				}
			}
			slices.Reverse(r.Base)
			slices.Reverse(r.Head)
			slices.Reverse(r.Blocks)
			other.Rows = append([]Row{r}, other.Rows...)
		}
		a, b := Judge(in), Judge(other)
		if a.Verdict != b.Verdict || a.Blocks != b.Blocks {
			t.Fatalf("%s of %d blocks, and scaled and turned round %s of %d", a.Verdict, a.Blocks, b.Verdict, b.Blocks)
		}
	})
}

// A further row can make a check fail or keep it from passing. It never makes a
// check pass, and never takes away what else keeps one from passing.
func TestMoreRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		more := in
		more.Rows = append(slices.Clone(in.Rows), drawRow(t, in.Paired))
		if a, b := Judge(in), Judge(more); b.Verdict == Pass && a.Verdict != Pass {
			t.Fatalf("%s, and with another row %s", a.Verdict, b.Verdict)
		}
	})
}

// What is passed is excluded: a pass never stands beside an estimate beyond the
// margin, and the input is as it was.
func TestJudgeIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		before := swap(swap(in))
		for i := range before.Rows {
			before.Rows[i].Base, before.Rows[i].Head = slices.Clone(in.Rows[i].Base), slices.Clone(in.Rows[i].Head)
		}
		v := Judge(in)
		for _, j := range v.Rows {
			// The reader's loss and bound do not exist where there is no ratio. The rule's
			// always do.
			if v.Verdict == Pass && !(j.ruled.loss < j.Margin && j.ruled.bound < j.Margin) {
				t.Fatalf("passed with loss %v, bound %v, margin %v", j.ruled.loss, j.ruled.bound, j.Margin)
			}
			if v.Verdict == Pass && j.NoRatio == "" && !(j.Loss < j.Margin && j.Bound < j.Margin && j.Loss <= j.Bound) {
				t.Fatalf("passed with the reader's loss %v, bound %v, margin %v", j.Loss, j.Bound, j.Margin)
			}
		}
		for i := range in.Rows {
			same := func(a, b []float64) bool {
				return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || x != x && y != y })
			}
			if !same(in.Rows[i].Base, before.Rows[i].Base) || !same(in.Rows[i].Head, before.Rows[i].Head) {
				t.Fatal("the input was changed")
			}
		}
		if w := Judge(in); w.Verdict != v.Verdict {
			t.Fatalf("%s, and then %s", v.Verdict, w.Verdict)
		}
	})
}
