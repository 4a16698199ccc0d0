package host

import (
	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// irqsCounted is the share of hard interrupts above which the kernel measures
// interrupts (CONFIG_IRQ_TIME_ACCOUNTING). Measured interrupts are not in the time
// of any process. Otherwise they are in the time of the process that they interrupt;
// the column of soft interrupts is then a guess made at ticks, and must not be
// counted again.
const irqsCounted = 2e-5

// readCounters reads /proc/stat.
func readCounters(cpus []int) (c counters) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return c
	}
	stat, err := fs.Stat()
	if err != nil {
		return c
	}
	var irq, busy float64
	for _, n := range cpus {
		cpu := stat.CPU[int64(n)]
		c.idle += cpu.Idle + cpu.Iowait
		c.steal += cpu.Steal
		c.softirq += cpu.SoftIRQ
		irq += cpu.IRQ
		busy += cpu.User + cpu.Nice + cpu.System
	}
	if irq > irqsCounted*(c.idle+c.steal+c.softirq+irq+busy) {
		c.apart = irq + c.softirq
	}
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return c
	}
	c.self = float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	c.ok = true
	return c
}
