package results

import (
	"fmt"
	"math"
)

// Saturated explains how an open load exceeded what the server could handle, or
// returns "" if it did not. A load exceeds the server if fewer answers came in the
// window than 99 % of what was scheduled in it, or if the number in flight grew from
// third to third and ended above 1 % of the scheduled requests. A closed load has no
// schedule to fall behind. A load that the generator limited says nothing about the
// limit of the server, and is never saturated.
//
// The rule counts all answers that came in the window, and not
// [StreamResult.Completed]. A server that keeps up always has some requests in flight,
// and those at the end of the window say nothing against it as long as there were as
// many at the beginning. A server that answers a backlog of the warm-up in the window
// keeps up.
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
	if s.Model != ModelOpen || s.Scheduled == 0 || s.GeneratorLimited != "" {
		return ""
	}
	scheduled, f := float64(s.Scheduled), s.InFlight
	// Requests that were scheduled and not answered are those by which the number in
	// flight grew over the window, and those that were lost.
	behind := scheduled - float64(s.answers())
	before := float64(s.Backlog)
	if s.Answered == nil { // the backlog is not known; this equals it if nothing was lost
		before = max(0, float64(f[2])-behind)
	}
	if behind > 0.01*scheduled && beyondChance(before, behind) {
		return fmt.Sprintf("saturated: %d of %d requests completed in the window", s.answers(), s.Scheduled)
	}
	if f[0] < f[1] && f[1] < f[2] && float64(f[2]) > 0.01*scheduled && beyondChance(float64(f[0]), float64(f[2])-float64(f[0])) {
		return fmt.Sprintf("saturated: requests in flight grow, %d, %d, %d", f[0], f[1], f[2])
	}
	return ""
}

// answers returns the number of answers that came in the window.
func (s *StreamResult) answers() uint64 {
	if s.Answered != nil {
		return *s.Answered
	}
	return s.Completed
}

// beyondChance reports whether a number in flight grew by more than its random
// variation.
func beyondChance(from, growth float64) bool { return growth > 3.5*math.Sqrt(from+from+growth) }

// Backlogged describes the backlog of the warm-up with which the window of an open load
// began, or returns "" if there was none that matters. A backlog matters if it is above
// 1 % of the scheduled requests and exceeds, by more than chance, the lowest of the
// three numbers in flight that the window recorded: then it is not the steady state.
// The backlog of a load that was saturated, or limited by the generator, always
// matters.
func (s *StreamResult) Backlogged() string {
	if s.Model != ModelOpen || float64(s.Backlog) <= 0.01*float64(s.Scheduled) {
		return ""
	}
	least := float64(min(s.InFlight[0], s.InFlight[1], s.InFlight[2]))
	steady := !beyondChance(least, float64(s.Backlog)-least)
	if steady && s.GeneratorLimited == "" && s.Saturated() == "" {
		return ""
	}
	return fmt.Sprintf("the window began with a backlog of %d unanswered requests of the warm-up", s.Backlog)
}
