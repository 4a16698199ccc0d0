package host

import (
	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// readCounters reads /proc/stat. Busy time is user, nice and system; interrupts
// are apart, since those of a network load belong to no process.
func readCounters(cpus []int) (c counters) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return c
	}
	stat, err := fs.Stat()
	if err != nil {
		return c
	}
	for _, n := range cpus {
		cpu := stat.CPU[int64(n)]
		c.busy += cpu.User + cpu.Nice + cpu.System
		c.steal += cpu.Steal
		c.softirq += cpu.SoftIRQ
	}
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return c
	}
	c.self = float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	c.ok = true
	return c
}
