package explain

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/results"
)

// scaleOf chooses the unit in which numbers of about this size are printed.
func scaleOf(unit string, values ...float64) format.Scale {
	positive := make([]float64, len(values))
	for i, v := range values {
		positive[i] = math.Abs(v)
	}
	switch unit {
	case "sec":
		return format.ScaleIn(results.Seconds, positive)
	case "B":
		return format.ScaleIn(results.Bytes, positive)
	}
	return format.Scale{Factor: 1, Unit: unit}
}

// amount prints a number with its unit.
func amount(v float64, unit string) string {
	if v == 0 {
		return "0 " + cmp.Or(map[string]string{"sec": "s"}[unit], unit)
	}
	s := scaleOf(unit, v)
	return format.Fixed(v*s.Factor, format.Digits(0, v*s.Factor)) + " " + s.Unit
}

// change prints a difference with its interval: "+1.2 µs [1.0, 1.4]".
func change(center float64, low, high *float64, unit string) string {
	if low == nil || high == nil {
		s := scaleOf(unit, center)
		return format.Signed(center*s.Factor, format.Digits(0, center*s.Factor)) + " " + s.Unit
	}
	s := scaleOf(unit, center, *low, *high)
	d := format.Digits((*high-*low)*s.Factor, center*s.Factor)
	return fmt.Sprintf("%s %s [%s, %s]", format.Signed(center*s.Factor, d), s.Unit, format.Signed(*low*s.Factor, d), format.Signed(*high*s.Factor, d))
}

// relative prints a row's difference as a share of base.
func (r *Row) relative() string {
	if r.Base == 0 {
		return "new"
	}
	share := 100 * r.Difference / r.Base
	return format.Signed(share, format.Digits(0, share)) + " %"
}

// Short is a function's name without the folders of its package: http.Get for net/http.Get.
func Short(name string) string {
	end := len(name)
	if i := strings.IndexByte(name, '['); i >= 0 {
		end = i // the arguments of a type may have folders too
	}
	return name[strings.LastIndexByte(name[:end], '/')+1:]
}

// probability prints an adjusted p.
func probability(p *float64) string {
	switch {
	case p == nil || math.IsNaN(*p):
		return format.None
	case *p < 0.001:
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", *p)
}

// Title names the section.
func (s *Section) Title() string {
	title := "Scenario " + s.Scenario
	if cell := cellOf(s.Matrix); cell != "" {
		title += ", " + cell
	}
	return title + ", server " + s.Server
}

// summary says in sentences what the section found.
func (s *section) summary(out *Section) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	if out.Verdict == TooFew {
		say("There are %d profiled blocks with both variants, and fewer than %d allow no conclusion: the differences below may be chance.", out.Blocks, Fewest)
		return b.String()
	}
	say("%s ", s.costs(out))
	switch out.Verdict {
	case Nothing:
		say("No function, phase or endpoint is known to take longer.")
	case Unknown:
		say("The profile does not show why: no function of the server, and no phase, lock or wait that it tells of, is known to have grown.")
	case Outside:
		say("The profile does not show it: what grew is %s, which is outside the server.", out.Causes[0].Name)
	case InPhase:
		say("The profile does not show it: the time goes into the phase %s, in which the server waits.", out.Causes[0].Name)
	case InServer:
		say("The profile does not show it: the server takes longer, and none of the phases that it reports, no lock and no wait holds that. It is a part of %s in Server-Timing.", wholePart)
	case InLock:
		say("The profile of the CPU does not show it: others wait for a lock that %s holds.", Short(out.Causes[0].Name))
	case InWait:
		say("The profile of the CPU does not show it: goroutines wait longer in %s.", Short(out.Causes[0].Name))
	case InMemory:
		say("%s allocates more, and the memory management works for it.", Short(out.Causes[0].Name))
	case InCPU:
		say("%s", s.share(out))
	}
	return b.String()
}

// costs says how the CPU and the service time changed.
func (s *section) costs(out *Section) string {
	cpu := s.tables[cpuMetric].total
	text := fmt.Sprintf("The server's CPU time for an answer is not known to differ: %s (%s).", change(cpu.Difference, cpu.Low, cpu.High, "sec"), probability(cpu.PAdjusted))
	if cpu.Verdict != "" {
		text = fmt.Sprintf("The server's CPU time for an answer %s by %s, %s (%s).", cpu.Verdict, change(cpu.Difference, cpu.Low, cpu.High, "sec"), cpu.relative(), probability(cpu.PAdjusted))
	}
	if r := out.Service; r != nil && r.Verdict != "" {
		text += fmt.Sprintf(" The mean service time %s by %s, %s.", r.Verdict, change(r.Difference, r.Low, r.High, "sec"), r.relative())
	}
	return text
}

// share says how much of the growth of CPU the named functions explain, and if requests
// take longer by much more.
func (s *section) share(out *Section) string {
	text := "What is named here grew, although the CPU time as a whole is not known to."
	if out.Explained != nil {
		text = fmt.Sprintf("What is named here explains %.0f %% of that.", 100**out.Explained)
		if *out.Explained < 0.5 {
			text = fmt.Sprintf("What is named here explains %.0f %% of that; the profile does not show the rest.", 100**out.Explained)
		}
	}
	inCPU := 0.0
	for _, c := range out.Causes {
		inCPU += c.Beyond
	}
	if grew := s.phases.growth(); inCPU < littleOfService*grew {
		text += " Requests take longer by much more than that: where CPUs are short, they also wait for one."
	}
	return text
}

// Line is a cause in one line, without its callers.
func (c *Cause) Line() string {
	name := Short(c.Name)
	text := fmt.Sprintf("%s: %s %s for each answer (%s)", name, change(c.Difference, c.Low, c.High, c.Unit), c.What, probability(c.PAdjusted))
	if c.Kind == InPhase || c.Kind == InServer || c.Kind == Outside {
		text = fmt.Sprintf("%s: %s on average (%s)", c.Name, change(c.Difference, c.Low, c.High, c.Unit), probability(c.PAdjusted))
	}
	if c.Source != "" {
		text += ", " + c.Source
	}
	return text
}

// EndpointLine says which endpoint grew most, or returns nothing.
func (s *Section) EndpointLine() string {
	if s.Endpoint == nil {
		return ""
	}
	e := s.Endpoint
	return fmt.Sprintf("Endpoint %s: %s service time on average, %s (%s)", e.Name, change(e.Difference, e.Low, e.High, "sec"), e.relative(), probability(e.PAdjusted))
}
