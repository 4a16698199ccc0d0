//go:build !linux

package knownanswer

import "time"

func own() {}

// sleepUntil returns at a moment of monotonic, as late as the system's timers.
func sleepUntil(at int64) { time.Sleep(time.Duration(at - monotonic())) }
