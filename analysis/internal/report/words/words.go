package words

import (
	"cmp"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/report/format"
)

// Latency is what the headline latency of a load is called.
func Latency(open bool) string {
	if open {
		return "response time"
	}
	return "service time"
}

// Metric names a unit in sentences and tables.
func Metric(unit string) string { return cmp.Or(metric.Of(unit).Label, unit) }

// Direction is the direction of an effect in the words of the metric.
func Direction(unit string, up bool) string {
	latency := metric.Quantile(unit) > 0 || strings.HasSuffix(unit, "-sec")
	switch {
	case latency && up:
		return "longer"
	case latency:
		return "shorter"
	case up:
		return "more"
	}
	return "less"
}

// List joins words: "a, b and c".
func List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// Plural is "1 block" or "10 blocks".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return format.Count(n) + " " + noun + "s"
}
