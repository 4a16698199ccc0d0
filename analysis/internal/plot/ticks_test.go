package plot

import (
	"io"
	"math"
	"testing"
)

// TestTicksOfAnyAxis asks for the ticks of axes that no figure should have. Each of them
// has a bounded number of ticks, all of them finite: an endless list of ticks would fill
// all memory.
func TestTicksOfAnyAxis(t *testing.T) {
	ends := []float64{nan, -inf, inf, -1, 0, math.SmallestNonzeroFloat64, 1e-9, 1, 1 + 1e-16, 9e15, 9e15 + 2, 1e300, math.MaxFloat64}
	for _, lo := range ends {
		for _, hi := range ends {
			for name, ticks := range map[string]int{"linear": len(niceTicks(lo, hi, 5)), "logarithmic": len(logTicks(lo, hi))} {
				if ticks > 3*700 { // a float64 spans somewhat more than 600 powers of ten
					t.Errorf("%s axis from %v to %v: %d ticks", name, lo, hi, ticks)
				}
			}
			for _, tick := range append(niceTicks(lo, hi, 5), logTicks(lo, hi)...) {
				if !isFinite(tick.Value) {
					t.Errorf("axis from %v to %v: a tick at %v", lo, hi, tick.Value)
				}
			}
		}
	}
}

// TestHeatMapOfZero draws latencies of 0, which have no place on a logarithmic axis.
func TestHeatMapOfZero(t *testing.T) {
	h := Heat{Step: 1, Edges: []float64{0, 1e-6, 1}, Counts: [][]float64{{1, 2}, {3, 4}}}
	if err := HeatMap(io.Discard, Light(), "latency", h); err == nil {
		t.Error("no error for an edge at 0")
	}
}
