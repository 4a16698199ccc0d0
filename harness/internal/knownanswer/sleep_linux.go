package knownanswer

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// lockThread locks this goroutine to its thread, and makes the thread's timers exact.
func lockThread() {
	runtime.LockOSThread()
	// If this fails, sleeps are only less exact.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
}

// sleepUntil returns at a moment of monotonic, some microseconds late.
func sleepUntil(at int64) {
	ts := unix.NsecToTimespec(at)
	for monotonic() < at { // a signal cuts a sleep short
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &ts, nil)
	}
}
