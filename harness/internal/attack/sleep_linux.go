package attack

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// longestHeld bounds one sleep of a pacer's thread, for whoever waits until it has
// ended, and longestCalm one that only holds a P.
const (
	longestHeld = 10 * time.Millisecond
	longestCalm = time.Millisecond
)

// preciseSleep returns a sleep that wakes within some tens of microseconds, and may
// be shorter than asked for. With alone, hardly anything else is to be done
// meanwhile. Release is called when it is needed no more.
//
// time.Sleep wakes half a millisecond late in the median, since the runtime's
// timers are served by a poller with millisecond granularity. A thread asleep in
// the kernel with a timer slack of 1 ns has no such delay. With GOMAXPROCS = 1
// everything else would starve meanwhile, so there the runtime's sleep is used.
func preciseSleep() (sleep func(d time.Duration, alone bool), release func()) {
	if runtime.GOMAXPROCS(0) < 2 {
		return func(d time.Duration, _ bool) { time.Sleep(d) }, func() {}
	}
	may, release := hold(), letGo
	if !may {
		release = func() {}
	}
	// An interrupted sleep is short; the pacer looks at the clock again.
	return func(d time.Duration, alone bool) {
		// The slack belongs to the thread, of which the goroutine has none to itself:
		// the pacer gives way to workers on the one it is on. Without the slack the
		// sleep is only less exact.
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
		if d = min(d, longestHeld); may && alone {
			sleepHolding(d)
		} else {
			sleepAside(d)
		}
	}, release
}

// sleepAside sleeps in a thread whose P others may have meanwhile.
func sleepAside(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
}

// sleepHolding sleeps without telling the runtime, which goes on to think that the
// thread runs Go code: nobody takes its P meanwhile. The collector, which wants it to
// stop, cuts the sleep short by a signal and waits for the next call of a function:
// so this one must be called, and must not be part of a loop. (To yield does not
// serve: whoever yields and goes on at once, on the one CPU, is never seen to stop.)
//
// Goroutines that wait in the P's queue are held too, until another P has nothing
// else to do. So one yields before, and does not sleep so while many are under way.
//
//go:noinline
func sleepHolding(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
}

// calm holds a P until release is called. That keeps the runtime's monitor at rest.
//
// The monitor looks every 20 µs after Ps to be taken from threads in the kernel,
// less and less often while there are none, and rests when all Ps are idle, until
// the next system call wakes it. A generator on one CPU is idle for a moment after
// most answers: the monitor woke 7,000 times a second, on that very CPU, and was a
// fifth of the cost of a request. With a P that is never idle and cannot be taken,
// it comes a hundred times a second.
//
// A pacer's thread does the same for an open load, and is not late for want of a P
// when it wakes.
func calm() (release func()) {
	if !hold() {
		return func() {}
	}
	var over atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for !over.Load() {
			yield()
			sleepHolding(longestCalm)
		}
	}()
	return func() {
		over.Store(true)
		<-ended
		letGo()
	}
}

// yield lets others run on this P first. It is a call of a function for the sake of
// the collector, which is to be noticed before it (see sleepHolding).
//
//go:noinline
func yield() { runtime.Gosched() }

// held is how many Ps are held by threads that sleep.
var held atomic.Int32

// hold counts one more, unless that would leave none to everybody else.
func hold() bool {
	for n := held.Load(); int(n)+1 < runtime.GOMAXPROCS(0); n = held.Load() {
		if held.CompareAndSwap(n, n+1) {
			return true
		}
	}
	return false
}

func letGo() { held.Add(-1) }
