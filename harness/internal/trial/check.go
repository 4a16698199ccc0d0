package trial

import (
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Bounds of the hard checks. They cover what no variant can cause and what would
// spoil a comparison.
const (
	// maxClockStep is how far the wall clock may move against the monotonic clock
	// between two looks, in seconds. A clock that is made to run faster or slower moves
	// by at most 0.025 ms between two looks, and any step that matters is above the
	// bound.
	maxClockStep = 0.001
	// maxGap is how long the generator may not run, in seconds. The scheduler of a busy
	// machine keeps a process waiting for a fraction of it; a process that was stopped,
	// or a machine that was suspended, is above it.
	maxGap = 0.5
	// maxThrottled is the CPU time per second that threads may wait for the quota of their
	// control group without a warning. Every period of 100 ms in which the quota is used up
	// adds about as much as is left of the period.
	maxThrottled = 0.01
)

// check applies the hard checks. foreign is the CPU time per second that other programs
// may take. With lenient, a busy machine is only a warning.
func check(t *results.Trial, foreign float64, lenient bool) {
	fail := func(format string, args ...any) {
		t.Invalid = append(t.Invalid, fmt.Sprintf(format, args...))
	}
	for _, s := range t.Streams {
		if s.Sent != s.Planned {
			fail("stream %s: %d requests sent, %d scheduled: a fault of the harness", s.Name, s.Sent, s.Planned)
		}
		if s.Recorded != s.Scheduled {
			fail("stream %s: %d requests recorded, %d scheduled in the window: a fault of the harness", s.Name, s.Recorded, s.Scheduled)
		}
		if s.LagMin < 0 {
			fail("stream %s: a request left %.0f µs before it was meant to: a fault of the harness", s.Name, -s.LagMin*1e6)
		}
	}
	t.Warnings = append(t.Warnings, limits(t)...)
	if step := t.Host.ClockStep; math.Abs(step) > maxClockStep {
		fail("%sthe wall clock was stepped by %.3f s", at(&t.Host).ClockStep, step)
	}
	if gap := t.Host.GeneratorGap; gap > maxGap {
		fail("%sthe generator did not run for %.2f s: it was stopped, or got no CPU", at(&t.Host).GeneratorGap, gap)
	}
	busy := fail
	if lenient {
		busy = func(format string, args ...any) {
			t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...))
		}
	}
	if why := foreignLoad(&t.Host, foreign); why != "" {
		busy("%s: end them, or measure later", why)
	}
	if why := stolen(&t.Host, MaxSteal); why != "" {
		busy("%s: measure later, or on a machine of your own", why)
	}
	if v := t.Host.Throttled; v != nil && *v > maxThrottled {
		t.Warnings = append(t.Warnings, fmt.Sprintf("%sthreads waited %.2f s per second for the CPU quota of their control group: lift it, because its pauses look like those of the server", at(&t.Host).Throttled, *v))
	}
	t.Valid = len(t.Invalid) == 0
}

// limits warns of streams whose numbers are the generator's, whose connections were opened
// slowly, or that begin with what the warm-up left.
func limits(t *results.Trial) (warnings []string) {
	for i := range t.Streams {
		s := &t.Streams[i]
		if why := s.GeneratorLimited; why != "" {
			warnings = append(warnings, fmt.Sprintf("stream %s: %s; its numbers do not show the limit of the server: %s", s.Name, why, s.LimitAdvice()))
		}
		if why := slowOpening(s); why != "" {
			warnings = append(warnings, fmt.Sprintf("stream %s: %s", s.Name, why))
		}
		if why := s.Backlogged(); why != "" {
			warnings = append(warnings, fmt.Sprintf("stream %s: %s: make the warm-up longer, or the rate lower", s.Name, why))
		}
	}
	return warnings
}

// hasPrefix reports whether a text has one of the prefixes.
func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
