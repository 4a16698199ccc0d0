package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// objectiveNames returns the metrics that an objective can use.
func objectiveNames() []string {
	var names []string
	for _, m := range results.Metrics() {
		if m.Name != "" {
			names = append(names, m.Name)
		}
	}
	return names
}

// parseObjective parses "METRIC < LIMIT" or "METRIC > LIMIT". The limit is a
// duration, a percentage or a rate, as the metric requires.
func parseObjective(s string) (results.Objective, *problem) {
	none := results.Objective{}
	i := strings.IndexAny(s, "<>")
	if i < 0 {
		return none, &problem{fmt.Sprintf("%q is not an objective, expected a metric, < or >, and a limit", s), `like "p99 < 200ms"`}
	}
	name, op, limit := strings.TrimSpace(s[:i]), s[i:i+1], strings.TrimSpace(s[i+1:])
	m, ok := results.MetricByName(name)
	if !ok {
		return none, &problem{fmt.Sprintf("unknown metric %q", name), didYouMean(name, objectiveNames())}
	}
	if rest, ok := strings.CutPrefix(limit, "="); ok {
		return none, &problem{fmt.Sprintf("unknown operator %q, expected < or >", op+"="),
			fmt.Sprintf("did you mean %q?", name+" "+op+" "+strings.TrimSpace(rest))}
	}
	want := ">"
	if m.Better == results.Lower {
		want = "<"
	}
	if op != want {
		return none, &problem{fmt.Sprintf("%s is better when %s, expected %s", name, m.Better, want),
			fmt.Sprintf("did you mean %q?", name+" "+want+" "+limit)}
	}
	o := results.Objective{Text: s, Metric: name, Op: op, Unit: m.Dimension}
	var bad *problem
	switch m.Dimension {
	case results.Seconds:
		var d time.Duration
		d, bad = parseDuration(limit)
		o.Threshold = d.Seconds()
		if bad == nil && d == 0 {
			bad = &problem{fmt.Sprintf("%s cannot be below 0s", name), `like "` + name + ` < 200ms"`}
		}
	case results.Ratio:
		o.Threshold, bad = parseShare(limit)
	case results.PerSecond:
		o.Threshold, bad = parseRate(limit)
	}
	if bad != nil {
		return none, bad
	}
	return o, nil
}

// AllObjectives returns the objectives of the scenario, followed by those of its streams
// and targets. The only target of a stream is the stream.
func (s *Scenario) AllObjectives() []results.Objective {
	all := slices.Clone(s.Objectives)
	for i := range s.Streams {
		stream := &s.Streams[i]
		name := ""
		if len(s.Streams) > 1 {
			name = stream.Name
		}
		for _, o := range stream.Objectives {
			o.Stream = name
			all = append(all, o)
		}
		for _, t := range stream.targets {
			for _, o := range t.objectives {
				o.Stream = name
				if len(stream.targets) > 1 {
					o.Target = t.name
				}
				all = append(all, o)
			}
		}
	}
	return all
}
