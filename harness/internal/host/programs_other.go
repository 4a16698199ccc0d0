//go:build !linux

package host

import "time"

// ReadPrograms sees no process on this system.
func ReadPrograms() Programs { return Programs{at: time.Now()} }

// touches reports that every program uses the CPUs of interest, since it is not known.
func touches(int, []int) bool { return true }
