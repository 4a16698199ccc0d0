package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/units"
)

var inf, nan = math.Inf(1), math.NaN()

// times is a row of response times: base has a spread of about 1 %, head is
// factor times as slow and has a spread of its own.
func times(blocks int, factor float64) Row {
	r := Row{Name: "HTTP/row", Unit: "p50-sec", Family: compare.FamilyHTTP, Better: units.Lower, Margin: 0.05}
	for b := range blocks {
		r.Blocks = append(r.Blocks, b+1)
		r.Base = append(r.Base, 0.1*(1+0.01*float64((b*7)%5-2)))
		r.Head = append(r.Head, 0.1*factor*(1+0.01*float64((b*3+1)%5-2)))
	}
	return r
}

// with changes a row.
func (r Row) with(change func(*Row)) Row {
	change(&r)
	return r
}

func paired(rows ...Row) Input { return Input{Paired: true, Planned: 10, Alpha: 0.02, Rows: rows} }

func TestJudge(t *testing.T) {
	rate := func(factor float64) Row {
		return times(10, factor).with(func(r *Row) { r.Unit, r.Better = "goodput/s", units.Higher })
	}
	share := func(base, head float64) Row {
		return times(10, 1).with(func(r *Row) {
			r.Unit, r.Better, r.Share, r.Margin = "within-slo-ratio", units.Higher, true, 0.01
			for b := range r.Base {
				r.Base[b], r.Head[b] = base-0.0001*float64(b%3), head-0.0001*float64(b%2)
			}
		})
	}
	micro := func(r Row) Row { r.Name, r.Unit, r.Family = "X-2", "sec/op", compare.FamilyMicro; return r }
	// whole is a row of whole numbers, which change from block to block.
	whole := func(unit string, base, head []float64) Row {
		return micro(times(10, 1)).with(func(r *Row) {
			r.Unit = unit
			for b := range r.Base {
				r.Base[b], r.Head[b] = base[b%len(base)], head[b%len(head)]
			}
		})
	}
	fill := func(side func(*Row) []float64, v float64, blocks ...int) func(*Row) {
		return func(r *Row) {
			for _, b := range blocks {
				side(r)[b] = v
			}
		}
	}
	base := func(r *Row) []float64 { return r.Base }
	head := func(r *Row) []float64 { return r.Head }
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, c := range []struct {
		name string
		in   Input
		want string
		says string
	}{
		{"nothing changed", paired(times(10, 1)), Pass, ""},
		{"slower", paired(times(10, 1.2)), Regression, "worse by 2"},
		{"faster", paired(times(10, 0.8)), Pass, ""},
		{"slower, below the margin", paired(times(10, 1.025)), Pass, ""},
		{"fewer answers", paired(rate(0.8)), Regression, "worse by 2"},
		{"more answers", paired(rate(1.2)), Pass, ""},
		{"fewer within the objective", paired(share(0.999, 0.95)), Regression, "4.90 pp"},
		{"hardly fewer within the objective", paired(share(0.999, 0.995)), Pass, ""},
		{"one of many rows", paired(times(10, 1), times(10, 1), times(10, 1.2)), Regression, "1 row is worse"},
		{"seven blocks", paired(times(7, 1)), Inconclusive, "7 complete blocks, and the rule needs 8"},
		{"seven blocks, slower", paired(times(7, 1.5)), Inconclusive, "7 complete blocks"},
		{"eight blocks, slower", paired(times(8, 1.2)), Regression, ""},
		{"no rows", paired(), Inconclusive, "no primary row is left"},
		{"a marked row", paired(times(10, 1), times(10, 1).with(func(r *Row) { r.Marks = []Mark{{Text: "saturated"}} })), Inconclusive, "saturated"},
		{"a marked row that is slower", paired(times(10, 1), times(10, 2).with(func(r *Row) { r.Marks = []Mark{{Text: "saturated"}} })), Inconclusive, "saturated"},
		{"slower beside a marked row", paired(times(10, 1.2), times(10, 1).with(func(r *Row) { r.Marks = []Mark{{Text: "saturated"}} })), Regression, ""},
		{"head times out", paired(times(10, 1).with(fill(head, inf, all...))), Regression, ""},
		{"head times out twice", paired(times(10, 1).with(fill(head, inf, 3, 4))), Inconclusive, "not excluded"},
		{"both time out", paired(times(10, 1).with(fill(head, inf, all...)).with(fill(base, inf, all...))), Inconclusive, "0 complete blocks"},
		{"base times out", paired(times(10, 1).with(fill(base, inf, all...))), Pass, ""},
		{"no answers at all", paired(rate(1).with(fill(head, 0, all...))), Regression, "worse by 100.0 %"},
		{"no answers on either side", paired(rate(1).with(fill(head, 0, all...)).with(fill(base, 0, all...))), Inconclusive, "0 complete blocks"},
		{"no allocation on either side", paired(times(10, 1).with(fill(head, 0, all...)).with(fill(base, 0, all...))), Pass, ""},
		{"the first allocation", paired(times(10, 1).with(fill(head, 1, all...)).with(fill(base, 0, all...))), Regression, ""},
		{"a byte now and then", paired(whole("B/op", []float64{0, 0, 1}, []float64{0, 1})), Pass, ""},
		{"a byte more or less of seven", paired(whole("B/op", []float64{7, 8, 7}, []float64{8, 7})), Pass, ""},
		{"two bytes", paired(whole("B/op", []float64{0}, []float64{2})), Regression, ""},
		{"16 bytes now and then", paired(whole("B/op", []float64{0, 0, 16}, []float64{0, 16})), Inconclusive, ""},
		{"an allocation now and then", paired(whole("allocs/op", []float64{0, 0, 1}, []float64{0, 1})), Inconclusive, ""},
		{"an allocation more", paired(whole("allocs/op", []float64{7}, []float64{8})), Regression, ""},
		{"two blocks missing", paired(times(10, 1.2).with(fill(head, nan, 1, 2))), Regression, ""},
		{"each row misses another block", paired(times(10, 1).with(fill(head, nan, 1)), times(10, 1).with(fill(base, nan, 2)), times(10, 1).with(fill(base, nan, 3))),
			Inconclusive, "7 blocks are complete, and the rule needs 8"},
		{"a slower row among those", paired(times(10, 1.2).with(fill(head, nan, 1)), times(10, 1).with(fill(base, nan, 2)), times(10, 1).with(fill(base, nan, 3))), Regression, ""},
		{"both families", paired(times(10, 1), micro(times(10, 1))), Pass, ""},
		{"both families, slower benchmarks", paired(times(10, 1), micro(times(10, 1.2))), Regression, "X-2 sec/op: worse"},
		{"unpaired", Input{Alpha: 0.05, Rows: []Row{unpair(times(10, 1))}}, Pass, ""},
		{"unpaired, slower", Input{Alpha: 0.05, Rows: []Row{unpair(times(10, 1.2))}}, Regression, "worse by 2"},
		{"unpaired, fewer answers", Input{Alpha: 0.05, Rows: []Row{unpair(rate(0.8))}}, Regression, "worse by 2"},
		{"unpaired, five values", Input{Alpha: 0.05, Rows: []Row{unpair(times(5, 1.5))}}, Inconclusive, "5 values on a side, and the rule needs 6"},
		{"unpaired, head times out", Input{Alpha: 0.05, Rows: []Row{unpair(times(10, 1).with(fill(head, inf, all...)))}}, Regression, ""},
		{"unpaired, both time out", Input{Alpha: 0.05, Rows: []Row{unpair(times(10, 1).with(fill(head, inf, all...)).with(fill(base, inf, all...)))}}, Inconclusive, "told apart"},
		{"unpaired, no answers", Input{Alpha: 0.05, Rows: []Row{unpair(rate(1).with(fill(head, 0, all...)))}}, Regression, ""},
	} {
		v := Judge(c.in)
		said := strings.Join(append(v.Reasons, v.Explain()...), "; ")
		if v.Verdict != c.want || !strings.Contains(said, c.says) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, v.Verdict, said, c.want, c.says)
		}
	}
}

// A row that stands on one side only is said to, and is no reason to miss blocks.
func TestBlocksBesideARowOfOneSide(t *testing.T) {
	gone := times(10, 1).with(func(r *Row) { r.Marks = []Mark{{Text: "only in base"}}; r.Head = slices.Repeat([]float64{nan}, 10) })
	for _, in := range []Input{paired(times(10, 1), gone), paired(gone, times(10, 1)), paired(times(10, 1), swap(paired(gone)).Rows[0])} {
		v := Judge(in)
		if want := []string{"1 row could not be decided"}; v.Blocks != 10 || !slices.Equal(v.Reasons, want) {
			t.Errorf("%d blocks complete, reasons %q; want 10 and %q", v.Blocks, v.Reasons, want)
		}
	}
	if v := Judge(paired(gone)); v.Blocks != 0 || v.Verdict != Inconclusive {
		t.Errorf("a single row of one side: %d blocks, %s", v.Blocks, v.Verdict)
	}
}

func unpair(r Row) Row {
	r.Blocks = nil
	return r
}

func TestControls(t *testing.T) {
	aa := func(factor float64) Control {
		return Control{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{times(10, factor)}}
	}
	positive := func(factor float64) Control {
		return Control{Kind: ControlPositive, Base: "base", Head: "slowed", Rows: []Row{times(10, factor)}}
	}
	fewer := Control{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{times(10, 0.8).with(func(r *Row) { r.Unit, r.Better = "goodput/s", units.Higher })}}
	for _, c := range []struct {
		name     string
		rows     Row
		control  Control
		judged   bool
		fired    bool
		want     string
		furthest float64 // about this loss stands in the control's row
	}{
		{"quiet", times(10, 1), aa(1), true, false, Pass, 0},
		{"fires", times(10, 1), aa(1.2), true, true, Inconclusive, 0.2},
		{"fires the other way", times(10, 1), aa(0.8), true, true, Inconclusive, -0.2},
		{"fires with fewer answers", times(10, 1), fewer, true, true, Inconclusive, 0.2},
		{"fires beside a regression", times(10, 1.2), aa(1.2), true, true, Inconclusive, 0.2},
		{"differs within the margin", times(10, 1), aa(1.03), true, false, Pass, 0.03},
		{"cannot be judged", times(10, 1), Control{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{times(5, 2)}}, false, false, Inconclusive, 1},
		{"cannot be judged, beside a regression", times(10, 1.2), Control{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{times(5, 2)}}, false, false, Regression, 1},
		{"positive, cannot be judged", times(10, 1), Control{Kind: ControlPositive, Base: "base", Head: "slowed", Rows: []Row{times(5, 2)}}, false, false, Pass, 1},
		{"missing in one scenario", times(10, 1), Control{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{times(10, 1)}, Missing: []string{"other"}}, true, false, Inconclusive, 0},
		{"would have caught it", times(10, 1), positive(1.1), true, true, Pass, 0.1},
		{"would have missed it", times(10, 1), positive(1.02), true, false, Pass, 0.02},
		{"would have caught it, beside a regression", times(10, 1.2), positive(1.1), true, true, Regression, 0.1},
	} {
		in := paired(c.rows)
		in.Controls = []Control{c.control}
		v := Judge(in)
		got := v.Controls[0]
		if v.Verdict != c.want || got.Judged != c.judged || got.Fired != c.fired || math.Abs(got.Rows[0].Loss-c.furthest) > 0.03 {
			t.Errorf("%s: %s, judged %v, fired %v, loss %v; want %s, %v, %v, %v", c.name, v.Verdict, got.Judged, got.Fired, got.Rows[0].Loss, c.want, c.judged, c.fired, c.furthest)
		}
		if j := got.Rows[0]; got.Judged && !(j.Bound >= j.Loss) {
			t.Errorf("%s: bound %v below the loss %v", c.name, j.Bound, j.Loss)
		}
	}
}

// TestUnguarded: a control vouches for each scenario by itself, and says of every
// gap what it is.
func TestUnguarded(t *testing.T) {
	in := func(name string, blocks int) Row {
		return times(blocks, 1).with(func(r *Row) { r.Name = name })
	}
	const here, there = "HTTP/scenario=here-1", "HTTP/scenario=there-1"
	for _, c := range []struct {
		name    string
		rows    []Row
		missing []string
		want    string // reasons
	}{
		{"whole", []Row{in(here, 10), in(there, 10)}, nil, ""},
		{"one row of a scenario", []Row{in(here, 10), in(there, 10), in(there, 5)}, nil, ""},
		{"one scenario", []Row{in(here, 10), in(there, 5)}, nil, "could not be judged in there: 5 complete blocks, and the rule needs 8"},
		{"the Go benchmarks", []Row{in(here, 10), in("Encode-2", 5)}, nil, "could not be judged in the Go benchmarks: 5 complete blocks, and the rule needs 8"},
		{"one missing, one not judged", []Row{in(here, 10), in(there, 5)}, []string{"nowhere"}, "is missing in nowhere; could not be judged in there: 5 complete blocks, and the rule needs 8"},
		{"none judged, one missing", []Row{in(here, 5)}, []string{"there"}, "is missing in there; could not be judged: 5 complete blocks, and the rule needs 8"},
		{"missing everywhere", nil, []string{"here", "there"}, "is missing in here, there"},
	} {
		check := paired(in(here, 10), in(there, 10))
		check.Controls = []Control{{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: c.rows, Missing: c.missing}}
		v := Judge(check)
		verdict := Inconclusive
		if c.want == "" {
			verdict = Pass
		}
		if got := strings.ReplaceAll(strings.Join(v.Reasons, "; "), "the A/A control of base-aa and base ", ""); v.Verdict != verdict || got != c.want {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, v.Verdict, got, verdict, c.want)
		}
	}
}

// TestSharedLevel: with two families each has half of the level, so the smallest
// p of eight blocks is still enough, and a p that one family alone would call is
// not.
func TestSharedLevel(t *testing.T) {
	other := times(8, 1)
	other.Family = compare.FamilyMicro
	v := Judge(paired(times(8, 1.2), other))
	if p := v.Rows[0].PAdjusted; v.Verdict != Regression || p != 2.0/256 {
		t.Errorf("%s, adjusted p %v, want a regression at %v", v.Verdict, p, 2.0/256)
	}
	// One block of eight the other way: its sign-flip p lies between α/2 and α.
	row := times(8, 1.2).with(func(r *Row) { r.Head[7] = 0.99 * r.Base[7] })
	alone, both := Judge(paired(row)), Judge(paired(row, other))
	if alone.Rows[0].PAdjusted > 0.02 || both.Rows[0].PAdjusted != 2*alone.Rows[0].PAdjusted {
		t.Errorf("adjusted p %v alone and %v beside another family, want twice as much", alone.Rows[0].PAdjusted, both.Rows[0].PAdjusted)
	}
}

// TestSettle compares with the rule of thumb by hand.
func TestSettle(t *testing.T) {
	row := times(10, 1)
	for b := range row.Head {
		row.Base[b] = 1
		row.Head[b] = math.Exp(0.1 * math.Sqrt2 * []float64{-1, 1}[b%2] * math.Sqrt(0.9)) // deviation of ten such values: 1
	}
	j := Judge(paired(row)).Rows[0]
	if math.Abs(j.CV-0.1) > 1e-9 || math.Abs(j.Settle-28*4) > 1e-6 {
		t.Errorf("CV %v, %v blocks; want 0.1 and 112", j.CV, j.Settle)
	}
}

func TestMargins(t *testing.T) {
	present := map[string]bool{"p50-sec": true, "p99-sec": true, "goodput/s": true, "within-slo-ratio": true, "sec/op": true}
	for _, c := range []struct {
		margins string
		want    string // margins of p50, p99, within-slo and sec/op, or an error
	}{
		{"", "0.05 0.1 0.01 0.05"},
		{"7%", "0.07 0.07 0.01 0.07"},
		{"p99=20%", "0.05 0.2 0.01 0.05"},
		{"p99-sec=20%", "0.05 0.2 0.01 0.05"},
		{"p99=20% 3%", "0.03 0.2 0.01 0.03"},
		{"3% 4%", "0.04 0.04 0.01 0.04"},
		{"2pp", "0.05 0.1 0.02 0.05"},
		{"within-slo=2pp", "0.05 0.1 0.02 0.05"},
		{"within-slo=2%", "0.05 0.1 0.02 0.05"},
		{"ns/op=3%", "0.05 0.1 0.01 0.03"},
		{"p95=3%", "0.05 0.1 0.01 0.05"},
		{"p99=5pp", "compared by ratio"},
		{"5", "per cent"},
		{"=5%", "unknown metric"},
		{"p99=", "per cent"},
		{"-5%", "more than 0%"},
		{"NaN%", "more than 0%"},
		{"100%", "less than 100%"},
		{"p98=5%", `did you mean "p9`},
	} {
		r, err := Options{Margins: strings.Fields(c.margins)}.resolve(present)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(r.margin("p50-sec"), r.margin("p99-sec"), r.margin("within-slo-ratio"), r.margin("sec/op"))
		}
		if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %s", c.margins, got, c.want)
		}
	}
}
