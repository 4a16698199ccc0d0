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
