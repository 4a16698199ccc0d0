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

// Rounding is by how much, in seconds, the CPU time of a server may seem to fall: that of
// processes that ended is only known in hundredths of a second, twice.
const Rounding = 0.05
