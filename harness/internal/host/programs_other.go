//go:build !linux

package host

import "time"

// ReadPrograms sees no process on this system.
func ReadPrograms() Programs { return Programs{at: time.Now()} }

func touches(int, []int) bool { return true }
