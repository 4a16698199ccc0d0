//go:build !linux

package host

// readCounters returns nothing: only Linux has these counters.
func readCounters([]int) counters { return counters{} }

// quota is what only Linux has.
type quota struct{}

// findQuota finds none: only Linux has control groups.
func findQuota() quota { return quota{} }

// throttled is unknown.
func (quota) throttled() (seconds float64, ok bool) { return 0, false }
