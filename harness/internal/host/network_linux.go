package host

import (
	"github.com/prometheus/procfs"
)

// Boot identifies the running kernel: it is the same for all containers and namespaces on
// one machine, and different for machines and after a restart. It is empty if unknown.
func Boot() string { return read("/proc/sys/kernel/random/boot_id") }

// Retransmits returns how many TCP segments the network namespace of this process has
// sent again since it was made, or nil if that is unknown.
func Retransmits() *uint64 {
	p, err := procfs.Self()
	if err != nil {
		return nil
	}
	snmp, err := p.Snmp()
	if err != nil || snmp.Tcp.RetransSegs == nil {
		return nil
	}
	n := uint64(*snmp.Tcp.RetransSegs)
	return &n
}
