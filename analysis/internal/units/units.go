package units

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// goUnits are the units of Go's own benchmarks, in the normalised form of the
// benchmark format, with the names that people type for them.
var goUnits = []struct {
	results.Metric
	names []string
}{
	{results.Metric{Unit: "sec/op", Better: Lower, Dimension: results.Seconds}, []string{"ns/op", "time/op"}},
	{results.Metric{Unit: "B/op", Better: Lower, Dimension: results.Bytes}, []string{"alloc/op"}},
	{results.Metric{Unit: "allocs/op", Better: Lower, Dimension: results.Count}, []string{"allocs"}},
	{results.Metric{Unit: "B/s", Better: Higher, Dimension: results.PerSecond}, []string{"MB/s"}},
}

// derivedUnits are the units of figures that the analysis computes from a trial, and of
// those that the server's own Go benchmarks report.
var derivedUnits = []results.Metric{
	{Unit: "cpu-sec/op", Better: Lower, Dimension: results.Seconds},
	{Unit: "mean-of-all-sec", Better: Lower, Dimension: results.Seconds},
	{Unit: "of-all-p99-sec", Better: Lower, Dimension: results.Seconds, Quantile: 0.99, Fewest: 1_000},
	{Unit: "mean-of-refused-sec", Better: Lower, Dimension: results.Seconds},
	{Unit: "failed-ratio", Better: Lower, Dimension: results.Ratio},
	{Unit: "reuse-hit-ratio", Better: Higher, Dimension: results.Ratio},
	{Unit: "reuse-counted-hit-ratio", Better: Higher, Dimension: results.Ratio},
	{Unit: "body-bytes", Better: Lower, Dimension: results.Bytes},
	{Unit: "answers-per-sec-waited/s", Better: Higher, Dimension: results.PerSecond},
}

// Of returns the row of a unit: that of the harness's metric table, of Go's own
// benchmarks or of what the analysis derives, or, if none has the unit, a row that
// follows from its name.
func Of(unit string) results.Metric {
	if m, ok := results.MetricByUnit(unit); ok {
		return m
	}
	for _, u := range goUnits {
		if u.Unit == unit {
			return u.Metric
		}
	}
	for _, m := range derivedUnits {
		if m.Unit == unit {
			return m
		}
	}
	return guess(unit)
}

// Names returns the names that people type for metrics, with the unit of each.
func Names() map[string]string {
	names := map[string]string{}
	for _, m := range results.Metrics() {
		for _, name := range []string{m.Name, m.Alias} {
			if name != "" {
				names[name] = m.Unit
			}
		}
	}
	for _, u := range goUnits {
		for _, name := range u.names {
			names[name] = u.Unit
		}
	}
	return names
}

// guess makes a row from the name of a unit that is in no table. The ending says how
// values are printed: a time, a rate or bytes. It does not say which way is better: more
// hits per operation are good, and more drops a second are not. Who adds a unit declares
// it with a line "Unit hits/op better=higher". A ratio is a plain number, because only
// some are shares. A quantile is recognised by the name of a quantile in the table.
func guess(unit string) results.Metric {
	m := results.Metric{Unit: unit, Dimension: results.Count}
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(unit, e) })
	}
	switch {
	case ends("/s", "/sec"):
		m.Dimension = results.PerSecond
	case ends("-sec"):
		m.Dimension = results.Seconds
		name := strings.TrimSuffix(unit, "-sec")
		if like, ok := results.MetricByName(name[strings.LastIndexByte(name, '-')+1:]); ok && like.Quantile < 1 {
			m.Quantile, m.Fewest = like.Quantile, like.Fewest
		}
	case ends("bytes", "-B"):
		m.Dimension = results.Bytes
	}
	if ends("-sec/op") || strings.HasPrefix(unit, "sec/") {
		m.Dimension = results.Seconds
	}
	return m
}
