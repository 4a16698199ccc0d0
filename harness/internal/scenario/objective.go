package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Objective is a bound that a scenario's result should keep, as in
// "p99 < 200ms". The harness records; whether it is met is judged elsewhere.
type Objective struct {
	Text string // as written
	// Metric is p50, p90, p95, p99, p99.9, max or mean (of response times),
	// errors, rejected, failed or within-slo (shares of requests), goodput or
	// throughput (rates).
	Metric string
	Less   bool // met below the threshold; else above it
	// Threshold is in seconds, as a ratio, or per second.
	Threshold float64
}

type dimension int

const (
	inSeconds dimension = iota
	asShare
	aRate
)

type metric struct {
	name  string
	unit  dimension
	lower bool // lower is better
}

var metrics = []metric{
	{"p50", inSeconds, true}, {"p90", inSeconds, true}, {"p95", inSeconds, true}, {"p99", inSeconds, true},
	{"p99.9", inSeconds, true}, {"max", inSeconds, true}, {"mean", inSeconds, true},
	{"errors", asShare, true}, {"rejected", asShare, true}, {"failed", asShare, true}, {"within-slo", asShare, false},
	{"goodput", aRate, false}, {"throughput", aRate, false},
}

func metricNames() []string {
	names := make([]string, len(metrics))
	for i, m := range metrics {
		names[i] = m.name
	}
	return names
}

// parseObjective reads "METRIC < LIMIT" or "METRIC > LIMIT".
func parseObjective(s string) (Objective, *problem) {
	form := &problem{fmt.Sprintf("%q is not an objective, expected a metric, < or >, and a limit", s), `like "p99 < 200ms"`}
	i := strings.IndexAny(s, "<>")
	if i < 0 {
		return Objective{}, form
	}
	name, limit := strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
	k := slices.IndexFunc(metrics, func(m metric) bool { return m.name == name })
	if k < 0 {
		return Objective{}, &problem{fmt.Sprintf("unknown metric %q", name), didYouMean(name, metricNames())}
	}
	m := metrics[k]
	if rest, ok := strings.CutPrefix(limit, "="); ok {
		return Objective{}, &problem{fmt.Sprintf("%q has the operator %c=, expected < or >", s, s[i]),
			fmt.Sprintf("did you mean %q?", fmt.Sprintf("%s %c %s", name, s[i], strings.TrimSpace(rest)))}
	}
	if m.lower != (s[i] == '<') {
		better, op := "higher", ">"
		if m.lower {
			better, op = "lower", "<"
		}
		return Objective{}, &problem{fmt.Sprintf("%s is better when %s, expected %s", name, better, op),
			fmt.Sprintf("did you mean %q?", name+" "+op+" "+limit)}
	}
	o := Objective{Text: s, Metric: name, Less: m.lower}
	var bad *problem
	switch m.unit {
	case inSeconds:
		var d time.Duration
		d, bad = parseDuration(limit)
		o.Threshold = d.Seconds()
		if bad == nil && d == 0 {
			bad = &problem{fmt.Sprintf("nothing is below %s", limit), `like "` + name + ` < 200ms"`}
		}
	case asShare:
		o.Threshold, bad = parseShare(limit)
	case aRate:
		o.Threshold, bad = parseRate(limit)
	}
	if bad != nil {
		return Objective{}, bad
	}
	return o, nil
}

// isLatency tells whether the metric is a response time.
func (o Objective) isLatency() bool {
	return slices.ContainsFunc(metrics, func(m metric) bool { return m.name == o.Metric && m.unit == inSeconds })
}

// SLO is the threshold of the first latency objective, from which
// within-slo is counted; false without one.
func (s *Scenario) SLO() (time.Duration, bool) {
	for _, o := range s.Objectives {
		if o.isLatency() {
			// Thresholds come from whole nanoseconds: rounding restores them.
			return time.Duration(o.Threshold*1e9 + 0.5), true
		}
	}
	return 0, false
}
