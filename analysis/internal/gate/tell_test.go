package gate

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// constant is a row of Go benchmarks in which every block says the same.
func constant(blocks int, unit string, better units.Direction, base, head float64) Row {
	r := Row{Name: "Z-8", Unit: unit, Family: compare.FamilyMicro, Better: better, Margin: 0.05}
	for b := range blocks {
		r.Blocks, r.Base, r.Head = append(r.Blocks, b+1), append(r.Base, base), append(r.Head, head)
	}
	return r
}

// What has no ratio is told by its two values and by why, and the factor that stands
// for it in the tests is shown nowhere.
func TestNoRatioIsTold(t *testing.T) {
	first := constant(10, "B/op", units.Lower, 0, 8)
	late := func(blocks int) Row {
		r := constant(10, "p99-sec", units.Lower, 0.5, 0.5)
		for b := range blocks {
			r.Head[b] = inf
		}
		return r
	}
	for _, c := range []struct {
		name    string
		row     Row
		verdict string
		why     string // of no ratio
		says    string // by Explain
		loss    float64
	}{
		{"the first bytes", first, Regression, "base is 0", "Z-8 B/op: worse: 0.000B → 8.000B, no ratio: base is 0 (margin 5.0 %", nan},
		{"the first allocation", constant(10, "allocs/op", units.Lower, 0, 1), Regression, "base is 0", "worse: 0.000 → 1.000, no ratio: base is 0", nan},
		{"no bytes any more", constant(10, "B/op", units.Lower, 8, 0), Pass, "", "", -1},
		{"no bytes at all", constant(10, "B/op", units.Lower, 0, 0), Pass, "", "", 0},
		{"no answers any more", constant(10, "goodput/s", units.Higher, 900, 0), Regression, "", "worse by 100.0 %", 1},
		{"the first answers", constant(10, "goodput/s", units.Higher, 0, 900), Pass, "base is 0", "", nan},
		{"head beyond the time-out", late(10), Regression, "head is beyond the time-out", "worse: 500.0ms → > time-out, no ratio: head is beyond the time-out", nan},
		{"some beyond the time-out", late(3), Inconclusive, "head is beyond the time-out in 3 of 10", "not excluded", 0},
		{"a factor of 5,000", constant(10, "sec/op", units.Lower, 0.001, 5), Regression, "", "worse by 499900.0 %", 4999},
	} {
		for _, in := range []Input{paired(c.row), {Alpha: 0.05, Rows: []Row{unpair(c.row)}}} {
			v := Judge(in)
			j := v.Rows[0]
			said := strings.Join(v.Explain(), "; ")
			if v.Verdict != c.verdict || j.NoRatio != c.why || !strings.Contains(said, c.says) {
				t.Errorf("%s, paired %v: %s, no ratio %q (%s); want %s, %q (%s)", c.name, in.Paired, v.Verdict, j.NoRatio, said, c.verdict, c.why, c.says)
			}
			if math.IsNaN(j.Loss) != math.IsNaN(c.loss) || math.Abs(j.Loss-c.loss) > 1e-9*max(1, math.Abs(c.loss)) {
				t.Errorf("%s, paired %v: loss %v, want %v", c.name, in.Paired, j.Loss, c.loss)
			}
			checkTold(t, c.name, in, v, c.why)
		}
	}
}

// checkTold looks at everything that is written.
func checkTold(t *testing.T, name string, in Input, v Verdict, why string) {
	t.Helper()
	var text, markdown, object bytes.Buffer
	for _, err := range []error{Text(&text, in, v), Markdown(&markdown, in, v), JSON(&object, in, v)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, out := range []string{text.String(), markdown.String(), object.String()} {
		for _, standIn := range []string{"999", "99.9", "1000"} {
			if strings.Contains(out, standIn) && !strings.Contains(out, "4999") { // a measured factor
				t.Errorf("%s: %q stands in\n%s", name, standIn, out)
			}
		}
		if !strings.Contains(out, why) {
			t.Errorf("%s: %q is missing in\n%s", name, why, out)
		}
	}
	var got struct {
		Rows []struct {
			NoRatio         *string `json:"no_ratio"`
			Ratio, Loss, CV *float64
			Settle          *float64 `json:"settle_blocks"`
		}
	}
	if err := json.Unmarshal(object.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	r := got.Rows[0]
	if (r.NoRatio == nil) != (why == "") || (r.Loss == nil) != math.IsNaN(v.Rows[0].Loss) || (r.Ratio == nil) != (r.Loss == nil) {
		t.Errorf("%s: ratio %v, loss %v, no ratio %v in\n%s", name, r.Ratio, r.Loss, r.NoRatio, &object)
	}
	if why != "" && (r.CV != nil || r.Settle != nil) {
		t.Errorf("%s: a spread of stand-ins in\n%s", name, &object)
	}
}

// A bad start or a control without a ratio is told without the stand-in as well.
func TestNoRatioElsewhere(t *testing.T) {
	once := constant(20, "allocs/op", units.Lower, 3, 3)
	once.Base[4], once.Head[4] = 0, 3
	v := Judge(paired(once))
	if got := v.Rows[0].rare(); v.Verdict != Pass || !strings.HasPrefix(got, "in 1 of 20 blocks head was worse beyond any ratio (base is 0 in 1 of 20)") {
		t.Errorf("a bad start: %s, %q", v.Verdict, got)
	}
	in := paired(constant(10, "sec/op", units.Lower, 1, 1))
	in.Controls = []Control{{Kind: ControlAA, Base: "base", Head: "base-aa", Rows: []Row{constant(10, "allocs/op", units.Lower, 0, 1)}}}
	var text bytes.Buffer
	if err := Text(&text, in, Judge(in)); err != nil || !strings.Contains(text.String(), "fired (allocs/op of Z-8: 0.000 → 1.000, no ratio: base is 0)") {
		t.Errorf("a control, %v:\n%s", err, &text)
	}
}
