package kin

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
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

// Use returns what the given processes have used until now, and false if none of them is
// left. Processes that ended count as long as the process that waits for them lives, whether
// it has done so or not. When it has, the kernel cuts what they used to hundredths of a
// second, so that the sum can fall a little: see [Since].
func (l *Look) Use(pids []int) (u Usage, ok bool) {
	for _, pid := range pids {
		s, there := l.stats[pid]
		if !there {
			continue
		}
		u.CPU += cpuTime(pid, s) + l.Waited(pid)
		if s.State == "Z" {
			continue // it has ended
		}
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

// cpuTime returns the CPU time of a process in seconds. The kernel has a clock for it. The
// times in /proc are cut to hundredths of a second, which loses all the CPU time of a process
// that lives only briefly, such as one that serves a connection to PostgreSQL.
func cpuTime(pid int, s procfs.ProcStat) float64 {
	const ofProcess = 2 // CPUCLOCK_SCHED: all threads of the process
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|ofProcess), &t); err != nil {
		return s.CPUTime() // it has just ended, or the kernel does not tell
	}
	return time.Duration(t.Nano()).Seconds()
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
		if errors.Is(err, unix.ESRCH) || errors.Is(err, fs.ErrNotExist) && l.gone(pid) {
			continue // it has just ended
		}
		if err != nil {
			unread++
			continue
		}
		bytes += m.Pss
	}
	return bytes, unread
}

// gone reports whether a process is not there any more.
func (l *Look) gone(pid int) bool {
	_, err := l.fs.Proc(pid)
	return err != nil
}
