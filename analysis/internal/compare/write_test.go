package compare

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// What is missing on one side, or infinite, must not choose the scale of the
// other.
func TestScaleOfOneSide(t *testing.T) {
	for name, base := range map[string]stats.Estimate{"missing": stats.Median(nil), "among time-outs": stats.Median([]float64{math.Inf(1)})} {
		res := Result{Rows: []Row{{
			Name: "A", Unit: "sec/op", Base: Side{Label: "old", Median: base}, Head: Side{Label: "new", Median: stats.Median([]float64{0.0123})},
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

// Two runs of the same code say how well they agree.
func TestAgreement(t *testing.T) {
	row := func(difference bool, center float64) Row {
		e := stats.HodgesLehmann([]float64{center - 0.03, center - 0.02, center - 0.01, center + 0.01, center + 0.02, center + 0.03}, stats.Level)
		return Row{Name: "A", Unit: "x", Effect: e, Difference: difference}
	}
	marked := row(false, 1.1)
	marked.Marks = []Mark{{Kind: Saturated}}
	constant := Row{Name: "A", Unit: "B/op", Effect: stats.HodgesLehmann([]float64{1, 1, 1, 1, 1, 1}, stats.Level)}
	few := Row{Name: "A", Unit: "x", Effect: stats.HodgesLehmann([]float64{1, 1}, stats.Level)}
	for name, c := range map[string]struct {
		res  Result
		want string
	}{
		"ratios and differences": {Result{Rows: []Row{row(false, 1), row(false, 1.1), row(true, 0), row(true, 1), few}}, "2 of 4 intervals (50.0 %) contain no change"},
		"marked and constant":    {Result{Rows: []Row{row(false, 1), marked, constant}}, "1 of 1 intervals (100.0 %) contain no change: about 95 % or more do if"},
		"nothing but constants":  {Result{Rows: []Row{constant}}, ""},
		"no interval":            {Result{Rows: []Row{few}}, ""},
		"by block":               {Result{Rows: []Row{row(false, 1)}, Paired: true}, ""},
	} {
		if got := c.res.legend(); c.want == "" == strings.Contains(got, "contain no change") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
