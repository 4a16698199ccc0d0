package host

import (
	"slices"
	"time"

	"github.com/prometheus/procfs"
)

// userHZ is the unit of times in /proc, which is 100 per second on every Linux.
const userHZ = 100

// ReadPrograms reads what every process has used. It takes about 20 µs for each of them.
func ReadPrograms() Programs {
	p := Programs{at: time.Now(), all: map[int]used{}}
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return p
	}
	procs, err := fs.AllProcs()
	if err != nil {
		return p
	}
	for _, proc := range procs {
		s, err := proc.Stat()
		if err != nil {
			continue // it has ended meanwhile
		}
		p.all[proc.PID] = used{
			name: printable(s.Comm), parent: s.PPID, started: s.Starttime,
			own: s.CPUTime(), ended: float64(s.CUTime+s.CSTime) / userHZ,
		}
	}
	return p
}

// touches reports whether a process may run on one of the CPUs. It is true if that
// cannot be read.
func touches(pid int, cpus []int) bool {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return true
	}
	s, err := proc.NewStatus()
	if err != nil || len(s.CpusAllowedList) == 0 || len(cpus) == 0 {
		return true
	}
	return slices.ContainsFunc(cpus, func(c int) bool { return slices.Contains(s.CpusAllowedList, uint64(c)) })
}
