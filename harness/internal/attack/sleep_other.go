//go:build !linux

package attack

import "time"

// preciseSleep is the runtime's sleep where nothing better is known.
func preciseSleep() (sleep func(d time.Duration, alone bool), release func()) {
	return func(d time.Duration, _ bool) { time.Sleep(d) }, func() {}
}

// calm does nothing where no thread can be made to hold a P.
func calm() (release func()) { return func() {} }
