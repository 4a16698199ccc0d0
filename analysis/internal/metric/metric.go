// Package metric knows what the units of benchmark lines mean: which way is
// better, how two values compare, and which metrics a verdict may rest on. It
// holds no values and formats nothing.
package metric

import "github.com/assay-bench/assay/results"

// Direction says which way a metric gets better.
type Direction = results.Direction

// Directions.
const (
	Unknown = results.NoDirection
	Lower   = results.Lower
	Higher  = results.Higher
)

// Better is the direction of a unit that comes without a "better=" of its own.
func Better(unit string) Direction { return Of(unit).Better }

// IsShare reports whether values of the unit are shares in [0, 1]. Shares are
// compared by difference: the ratio of two small ones says nothing.
func IsShare(unit string) bool { return Of(unit).Dimension == results.Ratio }

// Quantile is the share below the quantile that a unit reports: 0.99 for
// p99-sec and service-p99-sec. It is 0 for other units, and for the
// maximum, which has no share of its own: it grows with the number of values.
func Quantile(unit string) float64 {
	if q := Of(unit).Quantile; q < 1 {
		return q
	}
	return 0
}

// IsLatency reports whether the unit is a figure of the headline latency, which
// covers the requests that were answered ok and those that timed out.
func IsLatency(unit string) bool { return Of(unit).Headline }

// MinValues is how many values a quantile needs in every trial before anything
// may be concluded from it; 0 for units that need none.
func MinValues(unit string) uint64 { return Of(unit).Fewest }

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
