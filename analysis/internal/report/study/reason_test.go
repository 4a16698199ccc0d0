package study

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/claims"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

func TestDistanceFromAClaim(t *testing.T) {
	at := func(v float64) []claims.Finding {
		return []claims.Finding{{Outcome: claims.Fails, Estimate: stats.Median([]float64{v, v, v, v, v, v})}}
	}
	number := func(v float64) claims.Range { return claims.Range{Low: v, High: v} }
	bound := claims.Range{Low: 0.9, High: math.Inf(1)}
	for name, c := range map[string]struct {
		claim claims.Claim
		found []claims.Finding
		want  string
	}{
		"twice":                   {claims.Claim{Want: number(2), Unit: "mean-sec"}, at(4), "+100 % from the claim"},
		"zero, and not":           {claims.Claim{Want: number(0), Unit: claims.BytesPerAnswer}, at(4), "the claim is zero, and the measurement is not"},
		"zero, and zero":          {claims.Claim{Want: number(0), Unit: claims.BytesPerAnswer}, at(0), "0.0 % from the claim"},
		"beyond the time-out":     {claims.Claim{Want: number(2), Unit: "p99-sec"}, at(math.Inf(1)), "beyond the time-out"},
		"above a bound":           {claims.Claim{Want: bound, Unit: claims.HitRate}, at(0.99), "+9.0 percentage points from the bound"},
		"below a bound, a factor": {claims.Claim{Want: bound, Unit: claims.Factor}, at(0.45), "−50 % from the bound"},
	} {
		w := claimWords{Result: claims.Result{Claim: c.claim}}
		if got := w.distance(c.found); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
