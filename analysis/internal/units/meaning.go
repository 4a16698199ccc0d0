// Package units knows what the units of benchmark lines mean: which way is better,
// how two values are compared, and which metrics a verdict may use. It holds no
// values and formats nothing.
package units

import "github.com/assay-bench/assay/results"

// Direction says which values of a metric are better.
type Direction = results.Direction

// Directions.
const (
	Unknown = results.NoDirection
	Lower   = results.Lower
	Higher  = results.Higher
)

// Better returns the direction of a unit that comes without its own "better=". Units that
// are neither Go's nor ours have none: see [Of].
func Better(unit string) Direction { return Of(unit).Better }

// IsShare reports whether values of the unit are shares in [0, 1]. Shares are
// compared by difference, because the ratio of two small shares means nothing.
func IsShare(unit string) bool { return Of(unit).Dimension == results.Ratio }

// Quantile returns the share of a unit that is a quantile: 0.99 for p99-sec and
// service-p99-sec. It returns 0 for other units, and for the maximum, which has no
// fixed share because it grows with the number of values.
func Quantile(unit string) float64 {
	if q := Of(unit).Quantile; q < 1 {
		return q
	}
	return 0
}

// IsLatency reports whether the unit is a figure of the headline latency, which
// covers the requests that were answered ok and those that timed out.
func IsLatency(unit string) bool { return Of(unit).Headline }

// MinValues returns how many values a quantile needs in every trial before anything
// may be concluded from it, or 0 for units without such a minimum.
func MinValues(unit string) uint64 { return Of(unit).Fewest }

// Primary reports whether a unit of an HTTP trial belongs to the declared primary
// family. Under open load these are median and p99 response time and the share
// within the objective; goodput is not, because the schedule decides it. Under
// closed load it is goodput only, because latency and throughput are one number
// (Little's law). If an open load has no objective, package gate uses goodput
// instead of the share within it.
func Primary(unit string, open bool) bool {
	if open {
		return unit == "p50-sec" || unit == "p99-sec" || unit == "within-slo-ratio"
	}
	return unit == "goodput/s"
}
