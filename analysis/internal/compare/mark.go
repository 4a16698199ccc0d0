package compare

import (
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"golang.org/x/perf/benchproc"
)

// Limits of the marks.
const (
	populationLimit = 0.01 // difference of reject or error ratios
	shareLimit      = 0.05 // of the generator in the p99
)

// outcomes are a column's median ratios of refusals and errors, NaN if unknown.
type outcomes struct{ rejected, failed float64 }

// g0 finds the outcome ratios that stand beside a row's cell.
func g0(c *collector, key, row, col benchproc.Key) outcomes {
	o := outcomes{math.NaN(), math.NaN()}
	for k, g := range c.groups {
		if config(k, c.unit) != config(key, c.unit) {
			continue
		}
		cell := g.cells[[2]benchproc.Key{row, col}]
		if cell == nil {
			continue
		}
		switch k.Get(c.unit) {
		case "reject-ratio":
			o.rejected = stats.Median(cell.values).Center
		case "error-ratio":
			o.failed = stats.Median(cell.values).Center
		}
	}
	return o
}

// mark notes what forbids a verdict on the row.
func (r *Row) mark(base, head outcomes, b, h *cell) {
	forbid := func(format string, args ...any) {
		r.marked = true
		r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
	}
	if metric.IsLatency(r.Unit) {
		for _, x := range []struct {
			what       string
			base, head float64
		}{{"refusals", base.rejected, head.rejected}, {"errors", base.failed, head.failed}} {
			if d := math.Abs(x.base - x.head); d > populationLimit {
				forbid("different populations: %s differ by %.1f percentage points, so these are latencies of different requests", x.what, 100*d)
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
			forbid("saturated: %s fell behind its schedule in %d of %d trials", side.label, f.Saturated, f.Trials)
		}
		if need := metric.MinValues(r.Unit); need > 0 && f.Values < need {
			forbid("few values: %s has a trial with %d, and %s needs %d", side.label, f.Values, strings.TrimSuffix(r.Unit, "-sec"), need)
		}
		if metric.IsLatency(r.Unit) && f.GeneratorShare > shareLimit {
			forbid("generator share: %.1f %% of %s's p99 is the load generator's own delay", 100*f.GeneratorShare, side.label)
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
