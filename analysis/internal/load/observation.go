package load

import (
	"bytes"
	"fmt"
	"math"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Observation is one line of benchmark results: one trial, or one run of a Go
// benchmark.
type Observation struct {
	// Result is valid until the next observation comes. Use Clone to keep it.
	*benchfmt.Result
	Block int    // block of a trial, from 1; 0 for text, where the order tells the block
	Facts *Facts // nil for text
}

// Facts are recorded facts that decide whether the numbers of a trial may be judged.
type Facts struct {
	Target         bool     // the numbers are those of one target of a stream
	Open           bool     // open load, which follows a schedule; otherwise closed
	Values         uint64   // number of values in the headline distribution, including time-outs
	Saturated      bool     // the server did not keep up with the schedule
	GeneratorShare *float64 // median of lag/response at or above the p99; nil under closed load
	// Limited says that the load generator, and not the server, limited the load.
	Limited bool
	// Delayed says of a limited load that the generator was kept from running by something
	// else, and sent everything.
	Delayed bool
	// Shares are the generator's own part in the metrics of the headline latency, by
	// unit. Where nothing is known of a metric it is absent.
	Shares map[string]float64
}

// Source is an input that yields observations: a bundle or a text file.
type Source interface {
	// Label returns the name of the input, as given on the command line.
	Label() string
	// Each calls yield for every observation. Problems that leave the rest readable
	// are collected; Problems returns them afterwards.
	Each(yield func(Observation) error) error
	// Problems returns what Each left out, and why.
	Problems() []error
	// Units returns the metadata of the units that have been read so far.
	Units() benchfmt.UnitMetadataMap
}

// measured reports whether a value can be a measurement: it is finite and, unless the
// unit is one that nobody knows, not below zero. Times, bytes and rates are known by
// their endings.
func measured(v float64, unit string) bool {
	m := units.Of(unit)
	unknown := m.Better == units.Unknown && m.Dimension == results.Count
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (v >= 0 || unknown)
}

// measuredValues removes values that cannot be measurements, and returns what it
// removed.
func measuredValues(r *benchfmt.Result) (dropped []string) {
	kept := r.Values[:0]
	for _, v := range r.Values {
		if !measured(v.Value, v.Unit) {
			dropped = append(dropped, fmt.Sprintf("%v %s", v.Value, v.Unit))
			continue
		}
		kept = append(kept, v)
	}
	r.Values = kept
	return dropped
}

// lateQuantiles adds quantiles among time-outs to a line of HTTP results, because
// the format cannot represent +Inf. It adds those that the line lacks and that are
// beyond the share of answered requests.
func lateQuantiles(r *benchfmt.Result) {
	if !bytes.HasPrefix(r.Name, []byte("HTTP/")) {
		return
	}
	headline, late := 1.0, 0.0 // shares of the requests
	for _, m := range results.Metrics() {
		o, ok := m.Outcome()
		share, _ := r.Value(m.Unit)
		switch {
		case !ok:
		case !o.Headline():
			headline -= share
		case !o.Ended():
			late += share
		}
	}
	if late <= 0 {
		return
	}
	answered := (headline - late) / headline
	for _, m := range ranked() {
		// The allowance is for rounding, as in [Distribution.Quantiles].
		if _, ok := r.Value(m.Unit); !ok && m.Quantile > answered+1e-9 {
			r.Values = append(r.Values, benchfmt.Value{Value: math.Inf(1), Unit: m.Unit})
		}
	}
}
