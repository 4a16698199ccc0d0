package search

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/results"
)

// FewestP99 and FewestP999 are the values below which a quantile is not judged.
const (
	FewestP99  = 1000
	FewestP999 = 10000
)

// Verdict says whether a trial holds, and if not the first reason why.
type Verdict struct {
	Holds bool
	Why   string
	// Late says that the reason is time, which may have been lost before the
	// server: the load fell behind, or a latency objective is missed.
	Late bool
}

// Judge tells whether a stream of a trial keeps every objective.
func Judge(s *results.StreamResult, objectives []results.Objective) Verdict {
	if why := s.Saturated(); why != "" {
		return Verdict{Why: why, Late: true}
	}
	for _, o := range objectives {
		v, why := value(s, o.Metric)
		if why != "" {
			return Verdict{Why: fmt.Sprintf("%s cannot be decided: %s", o.Text, why), Late: why == amongTimeouts}
		}
		if less := o.Op == "<" || o.Op == "<="; less != (v < o.Threshold) && v != o.Threshold {
			return Verdict{Why: fmt.Sprintf("%s is missed: %.4g", o.Text, v), Late: slices.Contains(latencies, o.Metric)}
		}
	}
	return Verdict{Holds: true}
}

// latencies are the metrics that are a matter of time.
var latencies = []string{"p50", "p90", "p95", "p99", "p99.9", "max", "mean", "timeouts", "within-slo"}

// amongTimeouts is why a quantile has no value that is not too long.
const amongTimeouts = "it falls among time-outs"

// value is a metric in the unit of its objective, or why it has none.
func value(s *results.StreamResult, metric string) (v float64, why string) {
	total := float64(s.Outcomes.Total())
	if total == 0 {
		return 0, "no request was made"
	}
	share := func(n uint64) (float64, string) { return float64(n) / total, "" }
	h := s.Headline
	quantile := func(ns *float64, fewest uint64) (float64, string) {
		switch {
		case h.Count < fewest:
			return 0, fmt.Sprintf("%d values, %d are needed", h.Count, fewest)
		case ns == nil:
			return 0, amongTimeouts
		}
		return *ns / 1e9, ""
	}
	switch metric {
	case "p50":
		return quantile(h.P50, 1)
	case "p90":
		return quantile(h.P90, 1)
	case "p95":
		return quantile(h.P95, 1)
	case "p99":
		return quantile(h.P99, FewestP99)
	case "p99.9":
		return quantile(h.P999, FewestP999)
	case "max":
		return quantile(h.Max, 1)
	case "mean":
		return quantile(h.Mean, 1)
	case "errors":
		return share(s.Outcomes.Error)
	case "rejected":
		return share(s.Outcomes.Rejected)
	case "timeouts":
		return share(s.Outcomes.Timeout)
	case "failed":
		return share(s.Outcomes.Error + s.Outcomes.Rejected + s.Outcomes.Timeout)
	case "goodput":
		return s.Goodput, ""
	case "throughput":
		return s.Throughput, ""
	case "within-slo":
		if s.WithinSLO == nil || s.Scheduled == 0 {
			return 0, "it was not counted"
		}
		return float64(s.WithinSLO.Count) / float64(s.Scheduled), ""
	}
	return 0, "the metric is not known"
}
