package effect

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// What is missing on one side, or infinite, must not choose the scale of the
// other.
func TestScaleOfOneSide(t *testing.T) {
	for name, base := range map[string]stats.Estimate{"missing": stats.Median(nil), "among time-outs": stats.Median([]float64{math.Inf(1)})} {
		res := Result{Rows: []Row{{
			Row:    compare.Row{Name: "A", Unit: "sec/op", Base: compare.Side{Label: "old", Median: base}, Head: compare.Side{Label: "new", Median: stats.Median([]float64{0.0123})}},
			Effect: stats.Median(nil), P: math.NaN(), PAdjusted: math.NaN(), Delta: math.NaN(), Detectable: math.NaN(), PMannWhitney: math.NaN(),
		}}}
		var out bytes.Buffer
		if err := res.Text(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "12.30m ± ∞") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

// Two runs of the same code say how well they agree, of which intervals, and what
// that is to be held against.
func TestAgreement(t *testing.T) {
	some := compare.Side{Median: stats.Median([]float64{1, 2, 3, 4, 5, 6})}
	of := func(difference bool, values ...float64) Row {
		return Row{Row: compare.Row{Name: "A", Unit: "x", Base: some, Head: some, Difference: difference}, Effect: stats.HodgesLehmann(values, stats.Level)}
	}
	row := func(difference bool, center float64) Row {
		return of(difference, center-0.03, center-0.02, center-0.01, center+0.01, center+0.02, center+0.03)
	}
	marked, alone, exact := row(false, 1.1), row(false, 1), of(false)
	marked.Marks = []compare.Mark{{Kind: compare.Saturated}}
	alone.Head = compare.Side{}
	exact.Method = exactMethod
	constant, more := of(false, 1, 1, 1, 1, 1, 1), of(false, 4./3, 4./3, 4./3, 4./3, 4./3, 4./3)
	few, timeouts := of(false, 1, 1), of(false)
	for name, c := range map[string]struct {
		res  Result
		want []string
	}{
		"ratios and differences": {Result{Rows: []Row{row(false, 1), row(false, 1.1), row(true, 0), row(true, 1), few}},
			[]string{"2 of 4 intervals (50.0 %) contain no change; 1 row is not among them: 1 of too few values for an interval.\n"}},
		"every reason": {Result{Rows: []Row{row(false, 1), marked, constant, few, timeouts, alone, exact, marked}},
			[]string{"1 of 1 intervals (100.0 %) contain no change; 7 rows are not among them: 2 marked and not judged, 1 the same in nearly every trial, " +
				"1 of too few values for an interval, 1 without a ratio, 1 on one side only, 1 declared exact.\n"}},
		"constants that differ": {Result{Rows: []Row{row(false, 1), more}}, []string{"1 of 2 intervals (50.0 %) contain no change.\n"}},
		"what it rests on": {Result{Rows: []Row{row(false, 1)}},
			[]string{"about 95 % or more do, as far as trials within a run differ", "a share somewhat below is no proof of a change"}},
		"nothing but constants": {Result{Rows: []Row{constant}}, nil},
		"no interval":           {Result{Rows: []Row{few}}, nil},
		"by block":              {Result{Rows: []Row{row(false, 1)}, Paired: true}, nil},
	} {
		got := c.res.legend()
		if (c.want == nil) == strings.Contains(got, "contain no change") {
			t.Errorf("%s: %q", name, got)
		}
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// What has no ratio is told by its two values and by why, in every form.
func TestNoRatioIsTold(t *testing.T) {
	side := func(label string, v float64) compare.Side {
		s := compare.Side{Label: label, Results: 10}
		for b := range 10 {
			s.Values, s.Blocks = append(s.Values, v), append(s.Blocks, b+1)
		}
		s.Median = stats.Median(s.Values)
		return s
	}
	for _, paired := range []bool{true, false} {
		res := Judge(&compare.Table{Paired: paired, Rows: []compare.Row{{
			Name: "Z-8", Unit: "B/op", Better: units.Lower, Paired: paired, Family: compare.FamilyMicro, Base: side("old", 0), Head: side("new", 8),
		}}})
		for form, c := range map[string]struct {
			write func(io.Writer) error
			want  []string
		}{
			"text":     {res.Text, []string{"0.000 ± 0%", "8.000 ± 0%", "?", "no ratio: base is 0", "worse"}},
			"markdown": {res.Markdown, []string{"0.000 ± 0%", "8.000 ± 0%", "?", "no ratio: base is 0", "worse"}},
			"CSV":      {res.CSV, []string{",10,0,0,0,new,10,8,8,8,,ratio,,,,base is 0,"}},
			"JSON": {res.JSON, []string{`"median": 0,`, `"median": 8,`, `"delta": null`, `"ratio": null`, `"ratio_low": null`, `"ratio_high": null`,
				`"no_ratio": "base is 0"`, `"smallest_detectable": null`, `"verdict": "worse"`}},
		} {
			var out bytes.Buffer
			if err := c.write(&out); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%s, paired %v: %q is missing in\n%s", form, paired, want, &out)
				}
			}
		}
	}
}
