// Package kin finds the processes that belong to a server, and what they use: CPU time,
// memory, threads and listening sockets. It reads /proc, and knows nothing of who started
// what. It does so on Linux only; elsewhere every look fails.
package kin

import "errors"

// Usage is what a set of processes has used.
type Usage struct {
	CPU          float64 // seconds since they started, user and system
	RSSBytes     uint64  // the sum
	PeakRSSBytes uint64  // the sum of the processes' peaks: exact for one, an upper bound for several
	Threads      int     // the sum
	Processes    int     // how many they are
}

// ErrUnseen is the error of a system whose processes cannot be looked at.
var ErrUnseen = errors.New("the processes of a server can only be seen on Linux")

// rounding is by how much, in seconds, the CPU time of a server may seem to fall: that of
// processes that ended is only known in hundredths of a second, twice.
const rounding = 0.05

// Since returns the CPU time between two sums of [Look.Use], in seconds. A fall that
// rounding explains is 0; one that it does not explain stays negative, because other
// processes are looked at than before.
func Since(earlier, now float64) float64 {
	if fell := earlier - now; fell > 0 && fell <= rounding {
		return 0
	}
	return now - earlier
}
