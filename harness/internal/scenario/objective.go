package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// dimension is what a metric is counted in.
type dimension string

const (
	inSeconds dimension = "sec"
	asRatio   dimension = "ratio"
	perSec    dimension = "per-sec"
)

type metric struct {
	name  string
	unit  dimension
	lower bool // lower is better
}

var metrics = []metric{
	{"p50", inSeconds, true}, {"p90", inSeconds, true}, {"p95", inSeconds, true}, {"p99", inSeconds, true},
	{"p99.9", inSeconds, true}, {"max", inSeconds, true}, {"mean", inSeconds, true},
	{"errors", asRatio, true}, {"rejected", asRatio, true}, {"timeouts", asRatio, true}, {"failed", asRatio, true},
	{"within-slo", asRatio, false},
	{"goodput", perSec, false}, {"throughput", perSec, false},
}

func metricNames() []string {
	names := make([]string, len(metrics))
	for i, m := range metrics {
		names[i] = m.name
	}
	return names
}

// parseObjective reads "METRIC < LIMIT" or "METRIC > LIMIT". The limit is a
// duration, a percentage or a rate, as the metric asks.
func parseObjective(s string) (results.Objective, *problem) {
	none := results.Objective{}
	i := strings.IndexAny(s, "<>")
	if i < 0 {
		return none, &problem{fmt.Sprintf("%q is not an objective, expected a metric, < or >, and a limit", s), `like "p99 < 200ms"`}
	}
	name, op, limit := strings.TrimSpace(s[:i]), s[i:i+1], strings.TrimSpace(s[i+1:])
	k := slices.IndexFunc(metrics, func(m metric) bool { return m.name == name })
	if k < 0 {
		return none, &problem{fmt.Sprintf("unknown metric %q", name), didYouMean(name, metricNames())}
	}
	m := metrics[k]
	if rest, ok := strings.CutPrefix(limit, "="); ok {
		return none, &problem{fmt.Sprintf("unknown operator %q, expected < or >", op+"="),
			fmt.Sprintf("did you mean %q?", name+" "+op+" "+strings.TrimSpace(rest))}
	}
	better, want := "higher", ">"
	if m.lower {
		better, want = "lower", "<"
	}
	if op != want {
		return none, &problem{fmt.Sprintf("%s is better when %s, expected %s", name, better, want),
			fmt.Sprintf("did you mean %q?", name+" "+want+" "+limit)}
	}
	o := results.Objective{Text: s, Metric: name, Op: op, Unit: string(m.unit)}
	var bad *problem
	switch m.unit {
	case inSeconds:
		var d time.Duration
		d, bad = parseDuration(limit)
		o.Threshold = d.Seconds()
		if bad == nil && d == 0 {
			bad = &problem{fmt.Sprintf("%s cannot be below 0s", name), `like "` + name + ` < 200ms"`}
		}
	case asRatio:
		o.Threshold, bad = parseShare(limit)
	case perSec:
		o.Threshold, bad = parseRate(limit)
	}
	if bad != nil {
		return none, bad
	}
	return o, nil
}

// SLO is the threshold of the first latency objective, from which within-slo
// is counted; false without one.
func (s *Scenario) SLO() (time.Duration, bool) {
	for _, o := range s.Objectives {
		if o.Unit == string(inSeconds) {
			// Thresholds come from whole nanoseconds: rounding restores them.
			return time.Duration(o.Threshold*1e9 + 0.5), true
		}
	}
	return 0, false
}
