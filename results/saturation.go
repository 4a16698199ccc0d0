package results

import (
	"fmt"
	"math"
)

// Saturated says by what an open load outran the server, empty if it did not:
// fewer than 99 % of the scheduled requests completed inside the window, or the
// number in flight grew from third to third and ended above 1 % of the
// scheduled. A closed load has no schedule to fall behind.
//
// Either has to be more than chance. The number in flight on a server that keeps up
// is about Poisson distributed (rate times time, by Little's law), and where that is
// above 1 % of the scheduled it grows strictly in one trial of six. So its growth
// must exceed three and a half standard deviations of the difference of two such
// numbers: trials are many, and one that is called saturated marks its row.
//
// It stands in the contract because the harness and the analysis must mean the same
// by it: a search turns back at a rate that saturates the server, and the analysis
// concludes nothing from the latencies of such a trial.
func (s *StreamResult) Saturated() string {
	if s.Model != ModelOpen || s.Scheduled == 0 {
		return ""
	}
	scheduled, f := float64(s.Scheduled), s.InFlight
	// What was scheduled and did not complete is what more is in flight at the end
	// of the window than at its begin.
	behind := scheduled - float64(s.Completed)
	if behind > 0.01*scheduled && beyondChance(max(0, float64(f[2])-behind), behind) {
		return fmt.Sprintf("saturated: %d of %d requests completed in the window", s.Completed, s.Scheduled)
	}
	if f[0] < f[1] && f[1] < f[2] && float64(f[2]) > 0.01*scheduled && beyondChance(float64(f[0]), float64(f[2])-float64(f[0])) {
		return fmt.Sprintf("saturated: requests in flight grow, %d, %d, %d", f[0], f[1], f[2])
	}
	return ""
}

// beyondChance tells whether a number in flight has grown by more than it varies.
func beyondChance(from, growth float64) bool { return growth > 3.5*math.Sqrt(from+from+growth) }
