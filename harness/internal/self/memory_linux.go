package self

import (
	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// peakMemory returns the largest resident set of this process so far, in bytes, or 0
// if it is unknown.
//
// Note: the figure that the system reports to the parent of an ended process is of
// no use, because it includes the moment before the program was loaded, when the
// child was still a copy of its parent.
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

// fileLimit is how many files a process may open when it asks for as many as it may;
// 0: unknown.
func fileLimit() uint64 {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return l.Max
}
