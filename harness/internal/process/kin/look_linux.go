package kin

import (
	"maps"
	"slices"

	"github.com/prometheus/procfs"
)

// userHZ is the unit of times in /proc, which is 100 per second on every Linux.
const userHZ = 100

// Look is all processes of the machine at one moment.
type Look struct {
	fs       procfs.FS
	stats    map[int]procfs.ProcStat
	children map[int][]int
}

// Take looks at the processes. It costs about a millisecond.
func Take() (*Look, error) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return nil, err
	}
	procs, err := fs.AllProcs()
	if err != nil {
		return nil, err
	}
	l := &Look{fs, make(map[int]procfs.ProcStat, len(procs)), map[int][]int{}}
	for _, p := range procs {
		s, err := p.Stat()
		if err != nil {
			continue // it has ended
		}
		l.stats[p.PID] = s
		l.children[s.PPID] = append(l.children[s.PPID], p.PID)
	}
	return l, nil
}

// Below returns the processes that descend from the given ones, without these.
func (l *Look) Below(pids ...int) []int {
	all := l.With(pids)
	return slices.DeleteFunc(all, func(pid int) bool { return slices.Contains(pids, pid) })
}

// With returns the given processes that are there and all that descend from them, each
// once, in order of their number.
func (l *Look) With(pids []int) []int {
	found := map[int]bool{}
	next := slices.Clone(pids)
	for i := 0; i < len(next); i++ { // the loop appends to next
		pid := next[i]
		if _, ok := l.stats[pid]; !ok || found[pid] {
			continue
		}
		found[pid] = true
		next = append(next, l.children[pid]...)
	}
	return slices.Sorted(maps.Keys(found))
}

// Use returns what the given processes have used, and false if none of them is left.
// Processes that ended count as long as the process that waited for them lives.
func (l *Look) Use(pids []int) (u Usage, ok bool) {
	for _, pid := range pids {
		s, there := l.stats[pid]
		if !there || s.State == "Z" {
			continue
		}
		u.CPU += s.CPUTime() + l.Waited(pid)
		u.RSSBytes += uint64(s.ResidentMemory())
		u.Threads += s.NumThreads
		u.Processes++
		if p, err := l.fs.Proc(pid); err == nil {
			if st, err := p.NewStatus(); err == nil {
				u.PeakRSSBytes += st.VmHWM
			}
		}
	}
	return u, u.Processes > 0
}

// Waited returns the CPU time of the ended processes that a process has waited for, in
// seconds.
func (l *Look) Waited(pid int) float64 {
	s := l.stats[pid]
	return float64(s.CUTime+s.CSTime) / userHZ
}

// Name returns what a process is called, or "" if it is not there.
func (l *Look) Name(pid int) string { return l.stats[pid].Comm }

// PSS returns the memory of the given processes, in bytes: pages that several share are
// divided among these. Reading it locks the memory map of a process for a moment. The
// number of processes whose memory may not be read is returned too.
func (l *Look) PSS(pids []int) (bytes uint64, unread int) {
	for _, pid := range pids {
		if s, there := l.stats[pid]; !there || s.State == "Z" {
			continue
		}
		p, err := l.fs.Proc(pid)
		if err != nil {
			continue // it has ended
		}
		m, err := p.ProcSMapsRollup()
		if err != nil {
			unread++
			continue
		}
		bytes += m.Pss
	}
	return bytes, unread
}
