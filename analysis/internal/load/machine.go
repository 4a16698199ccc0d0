package load

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Unlike names what the machines of two bundles differ in, so that a difference
// of their numbers may be one of the machines; empty if they are alike, or if one
// of the inputs is text, which tells its own machine. A fact that one of them does
// not know is no difference, and neither is the system: an update may be what is
// measured.
func Unlike(a, b Source) string {
	x, ok := a.(*Run)
	y, too := b.(*Run)
	if !ok || !too {
		return ""
	}
	p, q := x.Manifest.Host, y.Manifest.Host
	var parts []string
	for _, f := range []struct{ name, a, b string }{
		{"processor", p.CPUModel, q.CPUModel},
		{"architecture", p.Arch, q.Arch},
		{"CPUs in use", number(p.CPUs), number(q.CPUs)},
		{"CPUs of the server", placed(p), placed(q)},
		{"governor", p.Governor, q.Governor},
		{"turbo", p.Turbo, q.Turbo},
		{"idle CPUs", p.IdleCPUs, q.IdleCPUs},
		{"stamps of answers", p.Stamped(), q.Stamped()},
		{"CPU quota", p.CgroupCPU, q.CgroupCPU},
		{"virtualisation", p.Virtualisation, q.Virtualisation},
	} {
		if f.a != "" && f.b != "" && f.a != f.b {
			parts = append(parts, fmt.Sprintf("%s (%s, %s)", f.name, f.a, f.b))
		}
	}
	return strings.Join(parts, ", ")
}

// number prints how many CPUs a list has, and nothing for an empty list.
func number(cpus []int) string {
	if len(cpus) == 0 {
		return ""
	}
	return fmt.Sprint(len(cpus))
}

// placed is how many CPUs the servers had to themselves.
func placed(h results.Host) string {
	if len(h.CPUs) == 0 {
		return ""
	}
	if len(h.ServerCPUs) == 0 {
		return "all"
	}
	return fmt.Sprint(len(h.ServerCPUs))
}
