//go:build !linux

package attack

import "time"

// preciseSleep is the runtime's sleep where nothing better is known.
func preciseSleep() func(time.Duration) { return time.Sleep }
