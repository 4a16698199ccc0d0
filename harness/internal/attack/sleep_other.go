//go:build !linux

package attack

import "time"

// preciseSleep is the runtime's sleep where nothing better is known.
func preciseSleep() (sleep func(time.Duration), release func()) { return time.Sleep, func() {} }

// calm does nothing where no thread can be made to hold a P.
func calm() (release func()) { return func() {} }
