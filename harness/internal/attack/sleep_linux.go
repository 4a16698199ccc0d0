package attack

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// preciseSleep returns a sleep that wakes within some tens of microseconds. It
// must be called, and the sleep used, by one goroutine, which then keeps its
// thread to itself.
//
// time.Sleep wakes half a millisecond late in the median, since the runtime's
// timers are served by a poller with millisecond granularity. A thread of its
// own with a timer slack of 1 ns, asleep in the kernel, has no such delay. The
// price is one P for as long as it sleeps: the generator needs one more than it
// has cores, and with GOMAXPROCS = 1 everything else would starve, so there the
// runtime's sleep is used.
func preciseSleep() func(time.Duration) {
	if runtime.GOMAXPROCS(0) < 2 {
		return time.Sleep
	}
	locked := false
	return func(d time.Duration) {
		if !locked {
			runtime.LockOSThread() // until the goroutine ends, and the thread with it
			locked = true
			// Without the slack the sleep is only less exact.
			_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
		}
		ts := unix.NsecToTimespec(int64(d))
		// An interrupted sleep is short; the pacer looks at the clock again.
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
	}
}
