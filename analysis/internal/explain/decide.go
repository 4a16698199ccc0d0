package explain

import (
	"cmp"
	"math"
	"slices"
)

// decide says why the section's head is slower.
//
// CPU comes first where it explains the growth, because it is the most exact: a function
// with a line. A lock, a phase or a wait comes first if it holds enough of the growth of
// the service time, and if CPU holds little of it and grew by little: waiting is no CPU.
// A whole comes last,
// because it grows with each of its parts.
func (s *section) decide() Section {
	out := s.report()
	if s.tables[cpuMetric].fewBlocks() {
		out.Verdict = TooFew
		out.Summary = s.summary(&out)
		return out
	}
	out.Endpoint = s.phases.endpoint()
	s.blame(&out)
	out.Summary = s.summary(&out)
	return out
}

// blame finds the verdict and the causes.
func (s *section) blame(out *Section) {
	cpu, memory, lock, wait := s.names(cpuMetric), s.names(bytesMetric), s.names(lockMetric), s.names(waitMetric)
	out.Explained = s.explained(cpuMetric, cpu)
	phase, unnamed := s.phases.phase(), s.phases.unnamed()
	grew := s.phases.growth()
	inCPU, locked, waited := sum(cpu), sum(lock[:min(1, len(lock))]), sum(wait[:min(1, len(wait))])
	half := func(v float64) bool { return grew > 0 && v >= halfOfService*grew }
	waiting := grew > 0 && inCPU < littleOfService*grew && work(cpu) < muchOfCPU*s.tables[cpuMetric].total.Base
	locks := locked > 0 && locked >= lockOfService*grew && locked >= worth*s.phases.base()
	switch {
	case locks && inCPU < littleOfService*max(grew, locked):
		out.take(s, InLock, lockMetric, lock)
	case waiting && phase != nil && half(phase.Difference):
		out.takeRow(InPhase, phase)
	case waiting && half(waited):
		out.take(s, InWait, waitMetric, wait)
	case waiting && unnamed != nil && half(unnamed.Difference):
		out.takeRow(InServer, unnamed)
	case s.allocates(cpu, memory):
		out.take(s, InMemory, bytesMetric, memory)
	}
	// What took more CPU is told even if it explains little.
	out.take(s, InCPU, cpuMetric, cpu)
	switch r := s.phases.outside(); {
	case out.Verdict != "":
	case locks:
		out.take(s, InLock, lockMetric, lock)
	case phase != nil:
		out.takeRow(InPhase, phase)
	case half(waited):
		out.take(s, InWait, waitMetric, wait)
	case unnamed != nil:
		out.takeRow(InServer, unnamed)
	case grew > 0 && r != nil:
		out.takeRow(Outside, r)
	case grew > 0:
		out.Verdict = Unknown
	default:
		out.Verdict = Nothing
	}
}

// work is what chosen rows explain together of the CPU, without the scheduler: that works
// more because requests wait, and not the other way round.
func work(all []named) (of float64) {
	for _, n := range all {
		if n.row.function >= 0 || n.row.group != inScheduler {
			of += n.rest.Center
		}
	}
	return of
}

// sum is what chosen rows explain together.
func sum(all []named) (of float64) {
	for _, n := range all {
		of += n.rest.Center
	}
	return of
}

// allocates reports whether more allocations are why the collector or the allocator took
// more CPU: they are the first that was named, and the bytes grew by enough.
func (s *section) allocates(cpu, memory []named) bool {
	if len(cpu) == 0 || len(memory) == 0 {
		return false
	}
	first := cpu[0].row
	busy := first.function < 0 && (first.group == inCollector || first.group == inAllocator)
	return busy && memory[0].rest.Center >= moreMemory*s.tables[bytesMetric].total.Base
}

// fewBlocks reports whether there are too few blocks to conclude anything.
func (t *comparison) fewBlocks() bool { return len(t.blocks) < Fewest }

// take adds causes that profiles show, if there are any. The first of a section gives it
// its verdict.
func (s *Section) take(from *section, kind string, m int, all []named) {
	for _, n := range all {
		s.Verdict = cmp.Or(s.Verdict, kind)
		if len(s.Causes) == mostNamed {
			return
		}
		r := n.row
		c := Cause{
			Kind: kind, Name: r.Name, What: metrics[m].what, Unit: metrics[m].unit, Difference: r.Difference, Low: r.Low, High: r.High,
			PAdjusted: r.PAdjusted, Beyond: n.rest.Center, Source: r.Source,
		}
		if r.function >= 0 {
			c.Callers, c.CallerSources = from.callers(m, r.function)
		} else {
			c.Name += " (runtime)"
		}
		s.Causes = append(s.Causes, c)
	}
}

// takeRow adds a part of the time of requests as the cause.
func (s *Section) takeRow(kind string, r *Row) {
	s.Verdict = cmp.Or(s.Verdict, kind)
	s.Causes = append(s.Causes, Cause{
		Kind: kind, Name: r.Name, What: "time of requests", Unit: "sec", Difference: r.Difference, Low: r.Low, High: r.High, PAdjusted: r.PAdjusted, Beyond: r.Difference,
	})
}

// report returns the section's figures without a verdict.
func (s *section) report() Section {
	out := Section{
		Scenario: s.scenario, Matrix: s.matrix, Server: s.server, Blocks: len(s.tables[cpuMetric].blocks), Measured: s.phases.blocks,
		Causes: []Cause{}, CPU: s.tables[cpuMetric].total, Service: s.phases.service, Parts: s.phases.parts, Endpoints: s.phases.endpoints, from: s,
	}
	if u := s.use; u.Measured > 0 && u.Profiled > 0 {
		cost := u.Profiled/u.Measured - 1
		out.ProfilerCost = &cost
	}
	for m, t := range s.tables {
		if t == nil {
			continue
		}
		rows := slices.Clone(t.rows)
		slices.SortStableFunc(rows, func(a, b *Row) int { return cmp.Compare(math.Abs(b.Difference), math.Abs(a.Difference)) })
		out.Metrics = append(out.Metrics, Metric{Kind: metrics[m].kind, What: metrics[m].what, Unit: metrics[m].unit, Total: t.total, Rows: rows})
	}
	out.Notes = s.notes()
	return out
}

// notes say what a reader should know about the profiles.
func (s *section) notes() (all []string) {
	for _, m := range []int{lockMetric, waitMetric} {
		t := s.tables[m]
		switch {
		case t == nil:
			all = append(all, "the server offers no "+metrics[m].kind+" profile")
		case t.total.Base+t.total.Head == 0:
			all = append(all, "the "+metrics[m].kind+" profiles are empty: the server does not count these waits ("+howToCount[m]+"), or there were none")
		}
	}
	if s.tables[bytesMetric] == nil {
		all = append(all, "the server offers no allocs profile")
	}
	return all
}

// howToCount says how a server in Go counts waits.
var howToCount = map[int]string{lockMetric: "runtime.SetMutexProfileFraction", waitMetric: "runtime.SetBlockProfileRate"}
