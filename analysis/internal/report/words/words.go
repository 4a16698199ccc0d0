package words

import (
	"cmp"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Latency is the name of the headline latency: the response time of an open load, the
// service time of a closed one.
func Latency(open bool) string {
	if open {
		return "response time"
	}
	return "service time"
}

// Metric is the name of a unit in sentences and tables. A unit without a name stands for
// itself.
func Metric(unit string) string { return cmp.Or(units.Of(unit).Label, unit) }

// Direction is the word for more or less of a metric: longer and shorter for times, more
// and less for all others.
func Direction(unit string, up bool) string {
	// Minimum and mean of a time have no quantile, and are known by their unit.
	latency := units.Quantile(unit) > 0 || strings.HasSuffix(unit, "-sec")
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

// Plural is a number with its noun: "1 block" or "10 blocks".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return format.Count(n) + " " + noun + "s"
}
