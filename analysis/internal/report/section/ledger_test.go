package section

import (
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// The segments of a bar are the parts of a request, and those of the wait for a
// connection and of the service add up to these, whatever the quantiles of the pieces.
func TestSegmentsAddUp(t *testing.T) {
	of := func(v float64) measured.Ledger { return measured.Ledger{P50: stats.Estimate{Center: v}} }
	parts := map[string]measured.Ledger{
		"lag": of(1), "conn-wait": of(10), "dial": of(3), "handshake": of(9), "service": of(20), "queue": of(5), "store": of(2), "total": of(8),
	}
	for _, c := range []struct {
		opened bool
		want   []float64
	}{
		{false, []float64{1, 10, 5, 2, 13}},
		{true, []float64{1, 3, 7, 0, 5, 2, 13}}, // the pieces' own quantiles exceed that of the wait
	} {
		got := segments(parts, Quantiles[0], 2, c.opened)
		sum := 0.0
		for i := range got {
			sum += got[i]
			if len(got) != len(c.want) || got[i] != 2*c.want[i] {
				t.Fatalf("opened %v: %v, want twice %v", c.opened, got, c.want)
			}
		}
		if math.Abs(sum-2*31) > 1e-9 {
			t.Errorf("opened %v: they add up to %v, want 62", c.opened, sum)
		}
	}
}
