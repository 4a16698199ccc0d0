//go:build !linux

package self

// peakMemory is unknown elsewhere than on Linux.
func peakMemory() uint64 { return 0 }
