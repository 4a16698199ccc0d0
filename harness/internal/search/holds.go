package search

import (
	"fmt"

	"github.com/assay-bench/assay/results"
)

// Finding says whether a trial holds its objectives, and if not, the first reason
// why. It only decides which rate a search tries next. Whether the objectives of a
// run are met is decided by the analysis, from all trials and with a confidence
// bound.
type Finding struct {
	Holds bool   // all objectives are kept
	Why   string // empty if the trial holds them
	// Late says that the reason is time, which may have been lost before the request
	// reached the server: the load fell behind, or a latency objective was missed.
	Late bool
}

// Check decides whether a stream of a trial holds every objective.
func Check(s *results.StreamResult, objectives []results.Objective) Finding {
	if why := s.Saturated(); why != "" {
		return Finding{Why: why, Late: true}
	}
	for _, o := range objectives {
		of := s
		if o.Target != "" {
			if of = target(s, o.Target); of == nil {
				return Finding{Why: fmt.Sprintf("%s cannot be decided: the target has no result", o.Label())}
			}
		}
		v, why := value(of, o.Metric)
		if why != "" {
			return Finding{Why: fmt.Sprintf("%s cannot be decided: %s", o.Label(), why), Late: why == amongTimeouts}
		}
		if less := o.Op == "<" || o.Op == "<="; less != (v < o.Threshold) && v != o.Threshold {
			return Finding{Why: fmt.Sprintf("%s is missed: %.4g", o.Label(), v), Late: late(o.Metric)}
		}
	}
	return Finding{Holds: true}
}

// target is the result of a target of the stream, nil if there is none.
func target(s *results.StreamResult, name string) *results.StreamResult {
	for i := range s.Targets {
		if s.Targets[i].Name == name {
			return &s.Targets[i]
		}
	}
	return nil
}

// amongTimeouts is why a quantile has no value although it is too long.
const amongTimeouts = "it falls among time-outs"

// late reports whether a metric measures time.
func late(metric string) bool {
	m, _ := results.MetricByName(metric)
	return m.Headline || metric == "timeouts" || metric == "within-slo"
}

// value returns a metric in the unit of its objective, or the reason why it has no
// value.
func value(s *results.StreamResult, metric string) (v float64, why string) {
	m, known := results.MetricByName(metric)
	v, ok := m.Value(s)
	switch count := s.Headline.Count; {
	case !known:
		return 0, "the metric is not known"
	case s.Outcomes.Total() == 0:
		return 0, "no request was made"
	case m.Headline && count < max(1, m.Fewest):
		return 0, fmt.Sprintf("%d values, %d are needed", count, max(1, m.Fewest))
	case !ok && m.Headline:
		return 0, amongTimeouts
	case !ok:
		return 0, "it was not counted"
	}
	return v, ""
}
