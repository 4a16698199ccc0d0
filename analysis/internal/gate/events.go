package gate

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// What events are called.
const (
	saturatedTrials  = "saturated trials"
	unansweredTrials = "trials with unanswered requests"
	crashedTrials    = "crashes"
)

// befall notes the blocks in which something befell a side of a benchmark.
func (c *collector) befall(name, what string, base, head []int) {
	if len(base)+len(head) == 0 {
		return
	}
	for i := range c.in.Events {
		if e := &c.in.Events[i]; e.Name == name && e.What == what {
			e.Base, e.Head = union(e.Base, base), union(e.Head, head)
			return
		}
	}
	c.in.Events = append(c.in.Events, Event{Name: name, What: what, Base: union(nil, base), Head: union(nil, head)})
}

// events notes what the rows say of their trials: which fell behind the schedule, and
// which left requests unanswered.
func (c *collector) events(rows []compare.Row) {
	for _, r := range rows {
		if !strings.HasPrefix(r.Name, "HTTP/") || r.Target != "" {
			continue // what befalls a target befalls its stream
		}
		c.befall(r.Name, unansweredTrials, r.Left[0], r.Left[1])
		for _, m := range r.Marks {
			switch {
			case m.Kind != compare.Saturated:
			case m.Side == r.Head.Label:
				c.befall(r.Name, saturatedTrials, nil, m.Blocks)
			case m.Side == r.Base.Label:
				c.befall(r.Name, saturatedTrials, m.Blocks, nil)
			}
		}
	}
}

// crashesByBlock notes in which blocks servers of base and head ended by themselves.
func (c *collector) crashesByBlock(base, head side) {
	blocks := [2]map[string][]int{{}, {}}
	for i, s := range []side{base, head} {
		for k := range s.run.Trials {
			if t := &s.run.Trials[k]; t.Variant == s.variant && ended(t) != "" {
				blocks[i][t.Scenario] = append(blocks[i][t.Scenario], t.Block)
			}
		}
	}
	for _, s := range base.run.Manifest.Scenarios {
		c.befall("HTTP/scenario="+s.Name, crashedTrials, blocks[0][s.Name], blocks[1][s.Name])
	}
}

// union is both, sorted, each block once.
func union(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
