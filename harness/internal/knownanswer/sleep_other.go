//go:build !linux

package knownanswer

import "time"

// lockThread does nothing: sleeping is no more exact with a thread of its own here.
func lockThread() {}

// sleepUntil returns at a moment of monotonic, as late as the timers of the system
// are.
func sleepUntil(at int64) { time.Sleep(time.Duration(at - monotonic())) }
