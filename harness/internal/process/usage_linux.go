package process

import (
	"github.com/prometheus/procfs"
)

// Usage is what a server has used, with all of its processes.
type Usage struct {
	CPU          float64 // seconds since the server started, user and system
	RSSBytes     uint64
	PeakRSSBytes uint64
	Threads      int
}

// userHZ is the unit of times in /proc, which is 100 per second on every Linux.
const userHZ = 100

// Use reads from /proc the usage of the process group, and of processes that its
// members started in other groups. It returns false if the group is gone. Processes
// that ended count as long as the process that waited for them lives. Peak memory is
// the sum of the processes' peaks, which is exact for one process and an upper bound
// for several.
func (p *Process) Use() (Usage, bool) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return Usage{}, false
	}
	pids := family(fs, p.PID())
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

// family lists the processes of a group and all their descendants. A database, for
// example, gives the process of each connection its own group.
func family(fs procfs.FS, leader int) []int {
	procs, err := fs.AllProcs()
	if err != nil {
		return []int{leader}
	}
	var pids []int
	children := map[int][]int{}
	for _, p := range procs {
		s, err := p.Stat()
		switch {
		case err != nil:
		case s.PGRP == leader:
			pids = append(pids, p.PID)
		default:
			children[s.PPID] = append(children[s.PPID], p.PID)
		}
	}
	for i := 0; i < len(pids); i++ { // the loop appends to pids
		pids = append(pids, children[pids[i]]...)
	}
	return pids
}
