// Package metric knows what the units of benchmark lines mean: which way is
// better, how two values compare, and which metrics a verdict may rest on. It
// holds no values and formats nothing.
package metric

import "strings"

// Direction says which way a metric gets better.
type Direction int

// Directions.
const (
	Unknown Direction = 0
	Lower   Direction = -1
	Higher  Direction = +1
)

// String is the word for it in benchmark format, empty if unknown.
func (d Direction) String() string {
	return map[Direction]string{Lower: "lower", Higher: "higher"}[d]
}

// Better is the direction of a unit that comes without a "better=" of its own:
// use per operation, times, bytes and the ratios of bad outcomes get better
// downwards; rates and the share of requests within the objective upwards.
func Better(unit string) Direction {
	switch {
	case unit == "within-slo-ratio", strings.HasSuffix(unit, "/s"), strings.HasSuffix(unit, "/sec"):
		return Higher
	case strings.HasSuffix(unit, "/op"), strings.HasSuffix(unit, "-sec"), strings.HasSuffix(unit, "-ns"),
		strings.HasSuffix(unit, "bytes"), strings.HasSuffix(unit, "-B"), strings.HasSuffix(unit, "-ratio"),
		unit == "peak-goroutines":
		return Lower
	}
	return Unknown
}

// IsShare reports whether values of the unit are shares in [0, 1]. Shares are
// compared by difference: the ratio of two small ones says nothing.
func IsShare(unit string) bool { return strings.HasSuffix(unit, "-ratio") }

// Quantile is the share below the quantile that a unit reports: 0.99 for
// p99-sec and service-p99-sec. It is 0 for other units.
func Quantile(unit string) float64 {
	name := strings.TrimSuffix(unit, "-sec")
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		name = name[i+1:]
	}
	return map[string]float64{"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}[name]
}

// IsLatency reports whether the unit is a figure of the headline latency, which
// covers the requests that were answered ok and those that timed out.
func IsLatency(unit string) bool {
	return unit == "mean-sec" || unit == "max-sec" || strings.HasSuffix(unit, "-sec") && strings.HasPrefix(unit, "p") && Quantile(unit) > 0
}

// MinValues is how many values a quantile needs in every trial before anything
// may be concluded from it; 0 for units that need none.
func MinValues(unit string) uint64 {
	switch Quantile(unit) {
	case 0.99:
		return 1_000
	case 0.999:
		return 10_000
	}
	return 0
}

// Primary reports whether a unit of an HTTP trial belongs to the declared
// primary family: in open load median and p99 response and the share within the
// objective, because its goodput is set by the schedule; in closed load goodput,
// because its latency and throughput are one number (Little's law). Where open load
// has no objective, package gate takes goodput in the place of that share.
func Primary(unit string, open bool) bool {
	if open {
		return unit == "p50-sec" || unit == "p99-sec" || unit == "within-slo-ratio"
	}
	return unit == "goodput/s"
}

// Margin is the change of a metric below which it does not matter: a share of
// the base value, or a difference for shares.
func Margin(unit string) float64 {
	switch {
	case IsShare(unit):
		return 0.01
	case Quantile(unit) >= 0.99:
		return 0.10
	}
	return 0.05
}
