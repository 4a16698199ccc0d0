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
	// MaxForeign is the CPU time per second that other programs may take. A desktop
	// or a cloud agent takes a fifth of a core when it is idle.
	MaxForeign = 0.20
	// MaxSteal is the CPU time per second that a hypervisor may take away.
	MaxSteal = 0.10
	// maxClockStep is how far the wall clock may move against the monotonic clock
	// between two looks, in seconds. A clock that is made to run faster or slower moves
	// by at most 0.025 ms between two looks, and any step that matters is above the
	// bound.
	maxClockStep = 0.001
	// maxGap is how long the generator may not run, in seconds. The scheduler of a busy
	// machine keeps a process waiting for a fraction of it; a process that was stopped,
	// or a machine that was suspended, is above it.
	maxGap = 0.5
)

// check applies the hard checks. With lenient, a busy machine is only a warning.
func check(t *results.Trial, lenient bool) {
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
		fail("the wall clock was stepped by %.3f s", step)
	}
	if gap := t.Host.GeneratorGap; gap > maxGap {
		fail("the generator did not run for %.2f s: it was stopped, or got no CPU", gap)
	}
	busy := fail
	if lenient {
		busy = func(format string, args ...any) {
			t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...))
		}
	}
	if v := t.Host.Foreign; v != nil && *v > MaxForeign {
		busy("other programs took %.0f %% of a CPU (limit %.0f %%): end them, or measure later", *v*100, MaxForeign*100)
	}
	if v := t.Host.Steal; v != nil && *v > MaxSteal {
		busy("the hypervisor took %.0f %% of a CPU away (limit %.0f %%): measure later, or on a machine of your own", *v*100, MaxSteal*100)
	}
	t.Valid = len(t.Invalid) == 0
}

// limits warns of streams whose numbers are the generator's, or begin with what the
// warm-up left.
func limits(t *results.Trial) (warnings []string) {
	for i := range t.Streams {
		s := &t.Streams[i]
		if why := s.GeneratorLimited; why != "" {
			warnings = append(warnings, fmt.Sprintf("stream %s: %s; its numbers do not show the limit of the server: %s", s.Name, why, s.LimitAdvice()))
		}
		if why := s.Backlogged(); why != "" {
			warnings = append(warnings, fmt.Sprintf("stream %s: %s: make the warm-up longer, or the rate lower", s.Name, why))
		}
	}
	return warnings
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
