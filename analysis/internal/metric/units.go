package metric

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

// Of returns the row of a unit: that of the harness's metric table or of Go's own
// benchmarks, or, if neither has the unit, a row that follows from its name.
func Of(unit string) results.Metric {
	if m, ok := results.MetricByUnit(unit); ok {
		return m
	}
	for _, u := range goUnits {
		if u.Unit == unit {
			return u.Metric
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

// guess makes a row from the name of a unit. Use per operation, times, bytes and
// ratios are better when lower, rates when higher. A quantile is recognised by the
// name of a quantile in the table.
func guess(unit string) results.Metric {
	m := results.Metric{Unit: unit, Dimension: results.Count}
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(unit, e) })
	}
	switch {
	case ends("/s", "/sec"):
		m.Better, m.Dimension = Higher, results.PerSecond
	case ends("-ratio"):
		m.Better, m.Dimension = Lower, results.Ratio
	case ends("-sec"):
		m.Better, m.Dimension = Lower, results.Seconds
		name := strings.TrimSuffix(unit, "-sec")
		if like, ok := results.MetricByName(name[strings.LastIndexByte(name, '-')+1:]); ok && like.Quantile < 1 {
			m.Quantile, m.Fewest = like.Quantile, like.Fewest
		}
	case ends("bytes", "-B"):
		m.Better, m.Dimension = Lower, results.Bytes
	case ends("/op", "-ns"):
		m.Better = Lower
	}
	if ends("-sec/op") || strings.HasPrefix(unit, "sec/") {
		m.Dimension = results.Seconds
	}
	return m
}
