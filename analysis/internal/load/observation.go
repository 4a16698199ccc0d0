package load

import (
	"bytes"
	"fmt"
	"math"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/results"
)

// Observation is one line of benchmark results: one trial, or one run of a Go
// benchmark.
type Observation struct {
	// Result may be used until the next observation is handed out; Clone what
	// is kept.
	*benchfmt.Result
	Block int    // of a trial, from 1; 0 for text, where order tells
	Facts *Facts // nil for text
}

// Facts are what a trial recorded about whether its numbers may be judged.
type Facts struct {
	Open           bool     // load on schedule, not closed loop
	Values         uint64   // in the headline distribution, time-outs included
	Saturated      bool     // the server did not keep up with the schedule
	GeneratorShare *float64 // median of lag/response at or above the p99; nil in closed load
}

// Source is an input that hands out observations: a bundle or a text file.
type Source interface {
	// Label names the input, as given on the command line.
	Label() string
	// Each calls yield for every observation. Problems that leave the rest
	// readable are collected and returned by Problems afterwards.
	Each(yield func(Observation) error) error
	// Problems are what was passed over by Each.
	Problems() []error
	// Units is the metadata of the units met so far.
	Units() benchfmt.UnitMetadataMap
}

// measured reports whether a value may be a measurement: it is finite and, in a
// unit whose name says which way is better, not below zero.
func measured(v float64, unit string) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (v >= 0 || metric.Better(unit) == metric.Unknown)
}

// measuredValues drops values that are no measurements and returns what it
// dropped.
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

// lateQuantiles adds to a line of HTTP results, which cannot say +Inf, the
// quantiles that fall among its time-outs: those that it lacks, and that lie
// beyond the share of its answers.
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
