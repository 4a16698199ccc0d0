//go:build !linux

package attack

import "time"

// preciseSleep is the runtime's sleep where nothing better is known.
func preciseSleep(d time.Duration) { time.Sleep(d) }
