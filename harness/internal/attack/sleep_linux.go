package attack

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// preciseSleep returns a sleep that wakes within some tens of microseconds.
//
// time.Sleep wakes half a millisecond late in the median, since the runtime's
// timers are served by a poller with millisecond granularity. A thread asleep in
// the kernel with a timer slack of 1 ns has no such delay. The price is one P for
// as long as it sleeps: the generator needs one more for each pacer, and with
// GOMAXPROCS = 1 everything else would starve, so there the runtime's sleep is
// used.
func preciseSleep() func(time.Duration) {
	if runtime.GOMAXPROCS(0) < 2 {
		return time.Sleep
	}
	return func(d time.Duration) {
		// The slack belongs to the thread, of which the goroutine has none to
		// itself: the pacer gives way to workers on the one it is on. Without the slack the sleep is only less exact.
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
		ts := unix.NsecToTimespec(int64(d))
		// An interrupted sleep is short; the pacer looks at the clock again.
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
	}
}
