package attack

import (
	"time"

	"golang.org/x/sys/unix"
)

// longestSleep bounds one sleep of a pacer's thread, for whoever waits until it has
// ended.
const longestSleep = 10 * time.Millisecond

// preciseSleep wakes within some tens of microseconds, and may be shorter than asked
// for: time.Sleep wakes half a millisecond late in the median, since the runtime's
// timers are served by a poller with millisecond granularity. A thread asleep in
// the kernel with a timer slack of 1 ns has no such delay.
func preciseSleep(d time.Duration) {
	// The slack belongs to the thread, of which the goroutine has none to itself.
	// Without it the sleep is only less exact.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	ts := unix.NsecToTimespec(int64(min(d, longestSleep)))
	// An interrupted sleep is short; the pacer looks at the clock again.
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
}
