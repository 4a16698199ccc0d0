package self

import "github.com/prometheus/procfs"

// peakMemory is the largest resident set of this process so far, in bytes; 0:
// unknown.
//
// Note: what the system tells the parent of an ended process will not do, since
// it counts the moment before the program was loaded, when the child was still
// a copy of its parent.
func peakMemory() uint64 {
	p, err := procfs.Self()
	if err != nil {
		return 0
	}
	s, err := p.NewStatus()
	if err != nil {
		return 0
	}
	return s.VmHWM
}
