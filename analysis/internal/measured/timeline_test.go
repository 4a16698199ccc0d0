package measured

import (
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// A log may name any second. A heat map of requests that lie a lifetime apart has as many
// boxes as one that a screen can show, and loses none of them.
func TestHeatMapOfFarSeconds(t *testing.T) {
	second := func(at int64, ns int64, count uint64) load.Second {
		return load.Second{At: float64(at), Dist: load.Distribution{Bins: []results.Bin{{Value: ns, Count: count}}}}
	}
	for _, last := range []int64{0, 8_399, 999_999_999} {
		timeline := newTimeline()
		timeline.add([]load.Second{second(0, 0, 2), second(last, 3_600_000_000_000, 5)})
		h := timeline.HeatMap(1)
		sum, boxes := 0.0, 0
		for _, column := range h.Counts {
			for _, n := range column {
				sum += n
			}
			boxes += len(column)
		}
		if sum != 7 || boxes > (mostHeatColumns+1)*(mostHeatBins+1) {
			t.Errorf("the last request in second %d: %v requests in %d boxes", last, sum, boxes)
		}
	}
}
