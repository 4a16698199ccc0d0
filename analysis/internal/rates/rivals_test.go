package rates

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

func TestRivals(t *testing.T) {
	nan := math.NaN()
	spread := []float64{1, 1.01, 0.99, 1.02, 0.98, 1.005}
	times := func(v []float64, f float64) []float64 {
		out := make([]float64, len(v))
		for i := range v {
			out[i] = v[i] * f
		}
		return out
	}
	lower, higher := Row{Better: "lower"}, Row{Better: "higher"}
	for _, c := range []struct {
		name           string
		row            Row
		base, head     []float64
		benchstat, t11 bool
		t20            bool
	}{
		{"equal", lower, spread, spread, false, false, false},
		{"a little slower", lower, spread, times(spread, 1.05), true, false, false},
		{"slower", lower, spread, times(spread, 1.15), true, true, false},
		{"exactly a tenth", lower, []float64{10, 10, 10, 10}, []float64{11, 11, 11, 11}, true, true, false},
		{"twice as slow", lower, spread, times(spread, 2.1), true, true, true},
		{"faster", lower, spread, times(spread, 0.5), false, false, false},
		{"half the rate", higher, spread, times(spread, 0.45), true, true, true},
		{"twice the rate", higher, spread, times(spread, 2), false, false, false},
		{"too few to tell", lower, spread[:3], times(spread[:3], 1.15), false, true, false},
		{"with a gap", lower, spread, append([]float64{nan}, times(spread[1:], 1.15)...), true, true, false},
		{"none at all", lower, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}, false, false, false},
		{"the first allocation", lower, []float64{0, 0, 0, 0}, []float64{1, 1, 1, 1}, true, true, true},
	} {
		s := newSample([]Row{c.row})
		s.values[base][0], s.values[head][0] = c.base, c.head
		if b, x, y := benchstatAlarm(s), thresholdAlarm(s, 1.1), thresholdAlarm(s, 2); b != c.benchstat || x != c.t11 || y != c.t20 {
			t.Errorf("%s: benchstat %v, × 1.1 %v, × 2 %v; want %v, %v, %v", c.name, b, x, y, c.benchstat, c.t11, c.t20)
		}
	}
}

// TestAlikeHidesNoAlarm draws samples with and without ties.
func TestAlikeHidesNoAlarm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	hidden, skipped := 0.0, 0
	for i := range 600 {
		n, levels := 4+r.IntN(7), []float64{3, 10, 1e6}[i%3]
		var x, y []float64
		for range n {
			x = append(x, math.Round(levels*r.Float64()))
			y = append(y, math.Round(levels*(r.Float64()+0.3)))
		}
		if alike(x, y) {
			skipped++
			hidden = max(hidden, 1-stats.MannWhitney(x, y))
		}
	}
	if skipped < 100 || hidden > 0.8 {
		t.Errorf("of %d samples called alike one has p = %v", skipped, 1-hidden)
	}
}
