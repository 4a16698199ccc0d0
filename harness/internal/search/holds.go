package search

import (
	"fmt"

	"github.com/assay-bench/assay/results"
)

// FewestP99 and FewestP999 are the values below which a quantile is not judged.
const (
	FewestP99  = 1000
	FewestP999 = 10000
)

// Holds tells whether a stream of a trial keeps every objective, and if not the
// first reason why.
func Holds(s *results.StreamResult, objectives []results.Objective) (bool, string) {
	if why := Saturated(s); why != "" {
		return false, why
	}
	for _, o := range objectives {
		v, why := value(s, o.Metric)
		if why != "" {
			return false, fmt.Sprintf("%s cannot be decided: %s", o.Text, why)
		}
		if less := o.Op == "<" || o.Op == "<="; less != (v < o.Threshold) && v != o.Threshold {
			return false, fmt.Sprintf("%s is missed: %.4g", o.Text, v)
		}
	}
	return true, ""
}

// Saturated says how an open load outran its server; empty if it did not: fewer
// completions than 99 % of what was scheduled, or requests in flight that grow
// over the thirds of the window to more than 1 % of it.
func Saturated(s *results.StreamResult) string {
	if float64(s.Completed) < 0.99*float64(s.Scheduled) {
		return fmt.Sprintf("saturated: %d of %d requests completed in the window", s.Completed, s.Scheduled)
	}
	f := s.InFlight
	if f[0] < f[1] && f[1] < f[2] && float64(f[2]) > 0.01*float64(s.Scheduled) {
		return fmt.Sprintf("saturated: requests in flight grow, %d, %d, %d", f[0], f[1], f[2])
	}
	return ""
}

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
			return 0, "it falls among time-outs"
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
