//go:build !linux

package self

import "math"

// peakMemory is unknown elsewhere than on Linux.
func peakMemory() uint64 { return 0 }

// fileLimit is not asked for elsewhere than on Linux.
func fileLimit() uint64 { return math.MaxUint64 }
