package compare

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"golang.org/x/perf/benchfmt"
)

// Limits of the marks.
const (
	PopulationLimit = 0.01 // difference of reject or error ratios
	ShareLimit      = 0.05 // of the generator in the p99
)

// beside is what a line of HTTP results says besides the unit at hand.
type beside struct {
	open             bool // it has lag, so its load came on schedule
	rejected, failed float64
}

// besides reads these from a line; Go benchmarks have none.
func besides(r *benchfmt.Result) beside {
	b := beside{rejected: math.NaN(), failed: math.NaN()}
	if !bytes.HasPrefix(r.Name, []byte("HTTP/")) {
		return b
	}
	for _, v := range r.Values {
		switch v.Unit {
		case "lag-p99-sec":
			b.open = true
		case "reject-ratio":
			b.rejected = v.Value
		case "error-ratio":
			b.failed = v.Value
		}
	}
	return b
}

// outcomes are a cell's ratios of refusals and errors, by trial.
type outcomes struct{ rejected, failed []float64 }

func (o *outcomes) add(b beside) {
	if !math.IsNaN(b.rejected) {
		o.rejected = append(o.rejected, b.rejected)
	}
	if !math.IsNaN(b.failed) {
		o.failed = append(o.failed, b.failed)
	}
}

// mark notes what forbids a verdict on the row.
func (r *Row) mark(b, h *cell) {
	forbid := func(kind, side, format string, args ...any) {
		m := Mark{kind, side, kind + ": " + fmt.Sprintf(format, args...)}
		r.Marks = append(r.Marks, m)
		r.Notes = append(r.Notes, m.Text)
	}
	if metric.IsLatency(r.Unit) && b != nil && h != nil {
		for _, x := range []struct {
			what       string
			base, head []float64
		}{{"refusals", b.beside.rejected, h.beside.rejected}, {"errors", b.beside.failed, h.beside.failed}} {
			if d := math.Abs(stats.Median(x.base).Center - stats.Median(x.head).Center); d > PopulationLimit {
				forbid(Populations, "", "%s differ by %.1f percentage points, so these are latencies of different requests", x.what, 100*d)
			}
		}
	}
	quantile := metric.Quantile(r.Unit) > 0
	for _, side := range []struct {
		label string
		*cell
	}{{r.Base.Label, b}, {r.Head.Label, h}} {
		if side.cell == nil || len(side.facts) == 0 {
			continue
		}
		f := Sum(side.facts)
		if quantile && f.Saturated > 0 {
			forbid(Saturated, side.label, "%s fell behind its schedule in %d of %d trials", side.label, f.Saturated, f.Trials)
		}
		if need := metric.MinValues(r.Unit); need > 0 && f.Values < need {
			forbid(FewValues, side.label, "%s has a trial with %d, and %s needs %d", side.label, f.Values, strings.TrimSuffix(r.Unit, "-sec"), need)
		}
		if metric.IsLatency(r.Unit) && f.GeneratorShare > ShareLimit {
			forbid(GeneratorShare, side.label, "%.1f %% of %s's p99 is the load generator's own delay", 100*f.GeneratorShare, side.label)
		}
	}
}

// Facts sums up what the trials of a cell recorded.
type Facts struct {
	Trials, Saturated int
	Values            uint64  // of the trial with the fewest
	GeneratorShare    float64 // median over trials, NaN if none has one
}

// Sum sums facts up.
func Sum(facts []*load.Facts) Facts {
	s := Facts{Trials: len(facts), GeneratorShare: math.NaN()}
	var shares []float64
	for i, f := range facts {
		if f.Saturated {
			s.Saturated++
		}
		if i == 0 || f.Values < s.Values {
			s.Values = f.Values
		}
		if f.GeneratorShare != nil {
			shares = append(shares, *f.GeneratorShare)
		}
	}
	if len(shares) > 0 {
		s.GeneratorShare = stats.Median(shares).Center
	}
	return s
}

// family says which correction the row takes part in.
func (r *Row) family(open bool) {
	switch {
	case strings.HasPrefix(r.Name, "HTTP/"):
		if metric.Primary(r.Unit, open) {
			r.Family = FamilyHTTP
		}
	case r.Better != metric.Unknown:
		r.Family = FamilyMicro
	}
}
