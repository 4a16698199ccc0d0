package scenario

import (
	"slices"

	"github.com/assay-bench/assay/results"
)

// objectives reads the promises. Each metric may have one: two limits of one metric
// contradict each other, or one of them means nothing.
func (c *checker) objectives(l *CellLoad, given list[text]) {
	var seen map[string]mark
	l.Objectives, seen = c.objectiveList(given, "objectives")
	for _, o := range l.Objectives {
		c.place("objective."+o.Text, seen[o.Metric])
	}
	within, asked := seen["within-slo"]
	if !asked {
		return
	}
	if _, ok := l.SLO(); !ok {
		c.report(within, "objectives: within-slo needs a latency objective, whose threshold it uses", `add one, like "p99 < 200ms"`)
	}
	if !slices.ContainsFunc(l.Streams, func(s Stream) bool { return s.Open != nil }) {
		c.report(within, "objectives: within-slo does not exist under closed load", "use an open load")
	}
}

// objectiveList reads objectives, and returns where the one on each metric is.
func (c *checker) objectiveList(l list[text], what string) ([]results.Objective, map[string]mark) {
	var all []results.Objective
	seen := map[string]mark{}
	for _, t := range l.items {
		if !t.given() {
			continue
		}
		o, bad := parseObjective(t.value)
		if bad != nil {
			c.report(t.mark, what+": "+bad.message, bad.suggestion)
			continue
		}
		c.unique(seen, text{t.mark, o.Metric}, "objective for")
		all = append(all, o)
	}
	return all, seen
}

// ownObjectives reads the objectives of one stream or one target. The share within the
// objective is the scenario's: the first latency objective of the file decides it.
func (c *checker) ownObjectives(l list[text], what string) []results.Objective {
	all, seen := c.objectiveList(l, what)
	if within, asked := seen["within-slo"]; asked {
		c.report(within, what+": within-slo is of every stream as a whole", "write it under objectives at the top of the file")
	}
	return all
}
