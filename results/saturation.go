package results

import (
	"fmt"
	"math"
)

// Saturated explains how an open load exceeded what the server could handle, or
// returns "" if it did not. A load exceeds the server if fewer than 99 % of the
// scheduled requests completed inside the window, or if the number in flight grew
// from third to third and ended above 1 % of the scheduled requests. A closed load
// has no schedule to fall behind.
//
// Either sign has to be more than chance. On a server that keeps up, the number in
// flight is about Poisson distributed, with the rate times the response time as its
// mean (Little's law). Where that mean is above 1 % of the scheduled requests, the
// number grows strictly in one trial of six. The growth therefore has to exceed
// three and a half standard deviations of the difference of two such numbers: there
// are many trials, and a single saturated one marks its row.
//
// The rule is in this package because the harness and the analysis must apply the
// same one: a search turns back at a rate that saturates the server, and the
// analysis concludes nothing from the latencies of a saturated trial.
func (s *StreamResult) Saturated() string {
	if s.Model != ModelOpen || s.Scheduled == 0 {
		return ""
	}
	scheduled, f := float64(s.Scheduled), s.InFlight
	// Requests that were scheduled and did not complete are those by which the
	// number in flight grew over the window.
	behind := scheduled - float64(s.Completed)
	if behind > 0.01*scheduled && beyondChance(max(0, float64(f[2])-behind), behind) {
		return fmt.Sprintf("saturated: %d of %d requests completed in the window", s.Completed, s.Scheduled)
	}
	if f[0] < f[1] && f[1] < f[2] && float64(f[2]) > 0.01*scheduled && beyondChance(float64(f[0]), float64(f[2])-float64(f[0])) {
		return fmt.Sprintf("saturated: requests in flight grow, %d, %d, %d", f[0], f[1], f[2])
	}
	return ""
}

// beyondChance reports whether a number in flight grew by more than its random
// variation.
func beyondChance(from, growth float64) bool { return growth > 3.5*math.Sqrt(from+from+growth) }
