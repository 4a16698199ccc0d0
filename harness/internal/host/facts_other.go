//go:build !linux

package host

import (
	"runtime"

	"github.com/assay-bench/assay/results"
)

// facts knows the number of CPUs and nothing else.
func facts(h *results.Host) {
	for c := range runtime.NumCPU() {
		h.CPUs = append(h.CPUs, c)
	}
}

// usableCPUs returns nothing: only Linux places processes.
func usableCPUs() []int { return nil }

// coreOf takes every CPU for a core of its own.
func coreOf(cpu int) int { return cpu }

// Confine does nothing where CPUs cannot be chosen.
func Confine(Placement) error { return nil }

// Free does nothing where Confine did nothing.
func Free(Placement, int) error { return nil }

// ChildFileLimit returns 0, because the limit is not known here.
func ChildFileLimit() uint64 { return 0 }

// Boot returns nothing: only Linux identifies the running system.
func Boot() string { return "" }

// Retransmits returns nil, because the number is not known here.
func Retransmits() *uint64 { return nil }
