package process

import (
	"github.com/prometheus/procfs"
)

// Usage is what a server's process group has used.
type Usage struct {
	CPU          float64 // seconds since its start, user and system
	RSSBytes     uint64
	PeakRSSBytes uint64
	Threads      int
}

// userHZ is the unit of times in /proc, which is 100 per second on every Linux.
const userHZ = 100

// Use reads the usage of the process group from /proc; false when it is gone,
// or the system has no /proc. Processes that ended count as long as the one that
// waited for them lives. Peak memory is that of its processes added up,
// which is exact for one process and an upper bound for several.
func (p *Process) Use() (Usage, bool) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return Usage{}, false
	}
	pids := group(fs, p.PID())
	var u Usage
	found := false
	for _, pid := range pids {
		proc, err := fs.Proc(pid)
		if err != nil {
			continue
		}
		stat, err := proc.Stat()
		if err != nil || stat.State == "Z" {
			continue
		}
		u.CPU += stat.CPUTime() + float64(stat.CUTime+stat.CSTime)/userHZ
		u.RSSBytes += uint64(stat.ResidentMemory())
		u.Threads += stat.NumThreads
		if st, err := proc.NewStatus(); err == nil {
			u.PeakRSSBytes += st.VmHWM
		}
		found = true
	}
	return u, found
}

// group lists the processes of a group.
func group(fs procfs.FS, leader int) []int {
	procs, err := fs.AllProcs()
	if err != nil {
		return []int{leader}
	}
	var pids []int
	for _, p := range procs {
		if s, err := p.Stat(); err == nil && s.PGRP == leader {
			pids = append(pids, p.PID)
		}
	}
	return pids
}
