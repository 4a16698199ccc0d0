//go:build !linux

package self

import "os"

// peakMemory is unknown elsewhere than on Linux.
func peakMemory(*os.ProcessState) int64 { return 0 }
