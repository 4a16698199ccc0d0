package trial

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// How busy the machine may be in a trial.
const (
	// MaxForeign is the CPU time per second that other programs may take if the user
	// sets no other limit. A desktop or a cloud agent takes a fifth of a core when it
	// is idle.
	MaxForeign = 0.20
	// MaxSteal is the CPU time per second that a hypervisor may take away.
	MaxSteal = 0.10
)

// Busy says what of a watched machine is above the limits. It is empty on a quiet one.
func Busy(h results.HostWatch, l host.Limits) string {
	var why []string
	for _, s := range []string{foreignLoad(&h, l.Foreign), stolen(&h, l.Steal)} {
		if s != "" {
			why = append(why, s)
		}
	}
	return strings.Join(why, "; ")
}

// foreignLoad says how much other programs took, and which, if that is above the limit.
func foreignLoad(h *results.HostWatch, limit float64) string {
	if h.Foreign == nil || *h.Foreign <= limit {
		return ""
	}
	return fmt.Sprintf("%sother programs took %.0f %% of a CPU (limit %.6g %%), %s", at(h).Foreign, *h.Foreign*100, limit*100, Named(h.Programs))
}

// at returns the hosts of the figures, each as the beginning of a message about it: empty
// on one machine.
func at(h *results.HostWatch) (w results.WatchHosts) {
	if h.Hosts != nil {
		w = *h.Hosts
	}
	for _, name := range []*string{&w.Foreign, &w.Steal, &w.Throttled, &w.ClockStep, &w.GeneratorGap} {
		if *name != "" {
			*name += ": "
		}
	}
	return w
}

// stolen says how much the hypervisor took if that is above the limit.
func stolen(h *results.HostWatch, limit float64) string {
	if h.Steal == nil || *h.Steal <= limit {
		return ""
	}
	return fmt.Sprintf("%sthe hypervisor took %.0f %% of a CPU away (limit %.6g %%)", at(h).Steal, *h.Steal*100, limit*100)
}

// Named says which programs took the CPU. None is visible where they belong to another
// container or are many small ones.
func Named(programs []results.Program) string {
	if len(programs) == 0 {
		return "and no large one is visible from here"
	}
	var all []string
	for _, p := range programs {
		all = append(all, p.String())
	}
	return "above all " + strings.Join(all, ", ")
}
