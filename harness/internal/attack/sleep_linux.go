package attack

import (
	"time"

	"golang.org/x/sys/unix"
)

// longestSleep is the longest single sleep of a pacer's thread. Those who wait for the
// thread to wake, such as the garbage collector, never wait longer.
const longestSleep = 10 * time.Millisecond

// preciseSleep wakes within some tens of microseconds, and may be shorter than asked
// for: time.Sleep wakes half a millisecond late in the median, since the runtime's
// timers are served by a poller with millisecond granularity. A thread asleep in
// the kernel with a timer slack of 1 ns has no such delay.
func preciseSleep(d time.Duration) {
	// The timer slack belongs to the thread, and the goroutine may run on another thread
	// the next time. If the call fails, the sleep is only less exact.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	ts := unix.NsecToTimespec(int64(min(d, longestSleep)))
	// A sleep that a signal interrupts ends early, and the pacer reads the clock again.
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
}
