package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// Result is a finished comparison.
type Result struct {
	Rows     []Row     // by configuration, unit and name
	Geomeans []Geomean // by configuration, unit and column
	Paired   bool
	Problems []error  // what could not be read and was passed over
	Notes    []string // what to know about the inputs as a whole
}

// Run compares the columns of one input, or two inputs with each other. Its
// errors are [ErrUsage], [ErrNothing], and those of reading.
func Run(sources []load.Source, o Options) (*Result, error) {
	bundle := false
	if len(sources) > 0 {
		_, bundle = sources[0].(*load.Run)
	}
	c, err := newCollector(len(sources), bundle, o)
	if err != nil {
		return nil, err
	}
	if len(sources) == 2 {
		c.unequal = load.UnequalSetups(sources[0], sources[1])
	}
	res := &Result{Paired: c.paired}
	for _, s := range sources {
		res.remark(s)
		if err := s.Each(c.add); err != nil {
			return nil, err
		}
		res.Problems = append(res.Problems, s.Problems()...)
		for k, v := range s.Units() {
			c.units[k] = v
		}
	}
	res.Problems = append(res.Problems, c.problems...)
	if c.textHTTP {
		res.Notes = append(res.Notes, "HTTP results in text are judged without the marks that only bundles have: whether a server fell behind its schedule, and the load generator's share")
	}
	if len(c.groups) == 0 {
		return nil, fmt.Errorf("%w: no result passes the filter and the columns", ErrNothing)
	}
	c.turnedAway()
	if err := c.merged(); err != nil {
		return nil, err
	}
	all := c.allColumns()
	for _, k := range c.tables() {
		cols := all
		if len(all) != 2 {
			// Of many, the first that has the unit is what the others are held
			// against. Of two, one that lacks it altogether must show.
			cols = sortedKeys(c.groups[k].cols)
		}
		res.addGroup(c, k, cols)
	}
	if !slices.ContainsFunc(res.Rows, func(r Row) bool { return r.Base.Median.N > 0 && r.Head.Median.N > 0 }) {
		return nil, fmt.Errorf("%w: the columns have no row in common%s", ErrNothing, c.found())
	}
	rows := make([]*Row, len(res.Rows))
	for i := range rows {
		rows[i] = &res.Rows[i]
	}
	Adjust(rows)
	return res, nil
}

// tables are the keys of the groups in their order.
func (c *collector) tables() []benchproc.Key {
	keys := make(map[benchproc.Key]struct{}, len(c.groups))
	for k := range c.groups {
		keys[k] = struct{}{}
	}
	return sortedKeys(keys)
}

// allColumns are the columns of all units and configurations.
func (c *collector) allColumns() []benchproc.Key {
	seen := map[benchproc.Key]struct{}{}
	for _, g := range c.groups {
		maps.Copy(seen, g.cols)
	}
	return sortedKeys(seen)
}

// found says which columns there were, for the error that there was one.
func (c *collector) found() string {
	var names []string
	for _, k := range c.allColumns() {
		names = append(names, k.StringValues())
	}
	return fmt.Sprintf(" (found: %s)", strings.Join(names, ", "))
}

func (res *Result) addGroup(c *collector, key benchproc.Key, cols []benchproc.Key) {
	g := c.groups[key]
	unit := key.Get(c.unit)
	rows := sortedKeys(g.rows)
	better := direct(c.units, unit)
	for _, head := range cols[1:] {
		first := len(res.Rows)
		for _, name := range rows {
			r := Row{
				Config: config(key, c.unit), Name: name.StringValues(), Unit: unit, Better: better, Paired: c.paired,
				Base: Side{Label: cols[0].StringValues()}, Head: Side{Label: head.StringValues()},
				Difference: metric.IsShare(unit),
			}
			b, h := g.cells[[2]benchproc.Key{name, cols[0]}], g.cells[[2]benchproc.Key{name, head}]
			if b == nil && h == nil {
				continue
			}
			exact := c.units.GetAssumption(unit).SummaryLabel() == "exact"
			r.fill(b, h, exact)
			r.mark(b, h)
			r.family(c.open[name])
			res.Rows = append(res.Rows, r)
		}
		res.Geomeans = append(res.Geomeans, geomean(res.Rows[first:]))
	}
}

// direct is the direction of a unit: its own "better=", else what its name says.
func direct(units benchfmt.UnitMetadataMap, unit string) metric.Direction {
	if units.Get(unit, "better") != nil {
		return metric.Direction(units.GetBetter(unit))
	}
	return metric.Better(unit)
}

func config(key benchproc.Key, unit *benchproc.Field) string {
	var parts []string
	for _, f := range key.Projection().FlattenedFields() {
		if f.Name != unit.Name && key.Get(f) != "" {
			parts = append(parts, f.Name+": "+key.Get(f))
		}
	}
	return strings.Join(parts, ", ")
}

// fill computes what the values of the two cells say; either may be nil.
func (r *Row) fill(b, h *cell, exact bool) {
	nan := math.NaN()
	r.P, r.PMannWhitney, r.PAdjusted, r.Delta, r.Detectable = nan, nan, nan, nan, nan
	r.Effect = stats.Estimate{Center: nan, Low: nan, High: nan, Confidence: nan}
	summarise := stats.Median
	if exact {
		summarise = stats.Exact
	}
	for _, side := range []struct {
		*Side
		*cell
	}{{&r.Base, b}, {&r.Head, h}} {
		if side.cell == nil {
			side.Median = stats.Median(nil)
			continue
		}
		side.Median = summarise(side.values)
		side.Values, side.Blocks, side.Results = side.values, side.blocks, side.results
		r.noteResidue(side.cell)
	}
	if b == nil || h == nil {
		only := r.Base.Label
		if b == nil {
			only = r.Head.Label
		}
		r.Notes = append(r.Notes, "only in "+only)
		return
	}
	if r.Paired && b.facts == nil && b.results != h.results {
		r.Paired = false
		r.Notes = append(r.Notes, "not paired: the columns have different counts, so no result is known to belong to another")
	}
	r.Delta = r.Head.Median.Center/r.Base.Median.Center - 1
	r.below = slices.Min(b.values) < 0 || slices.Min(h.values) < 0
	if exact {
		r.Method, r.P, r.PMannWhitney = exactMethod, 0, 0
		if slices.Min(h.values) != slices.Max(h.values) || slices.Min(b.values) != slices.Max(b.values) {
			r.Notes = append(r.Notes, "declared exact, but its values differ")
		}
		return
	}
	r.PMannWhitney = stats.MannWhitney(b.values, h.values)
	if r.Paired {
		r.pair()
	} else {
		r.unpair(b, h)
	}
	switch {
	case !math.IsNaN(r.Effect.Center):
	case r.below:
		r.Notes = append(r.Notes, "some values are below zero, so there is no ratio: compared by rank, and for the adjusted p by their differences")
	default:
		r.Notes = append(r.Notes, "some values are zero or beyond the time-out, so there is no ratio: compared by rank, and for the adjusted p as if they were a factor of 1,000 beyond the others")
	}
}

func (r *Row) noteResidue(c *cell) {
	var keys []benchproc.Key
	for k := range c.residue {
		keys = append(keys, k)
	}
	benchproc.SortKeys(keys)
	var names []string
	for _, f := range benchproc.NonSingularFields(keys) {
		names = append(names, f.Name)
	}
	if note := "benchmarks vary in " + strings.Join(names, ", "); len(names) > 0 && !slices.Contains(r.Notes, note) {
		r.Notes = append(r.Notes, note)
	}
}

// pair compares block by block.
func (r *Row) pair() {
	base, head := r.Base.ByBlock(), r.Head.ByBlock()
	for _, block := range sortedBlocks(base) {
		y, ok := head[block]
		if !ok {
			continue
		}
		r.differBlock = append(r.differBlock, block)
		for i, v := range r.transform([]float64{base[block], y}) {
			r.pairs[i] = append(r.pairs[i], v)
		}
		r.differences = append(r.differences, r.difference(base[block], y))
	}
	r.Method = "Wilcoxon signed-rank, exact, paired by block"
	test := stats.SignedRankTest(r.differences)
	r.P, r.ranks = test.P, cmp.Compare(test.Less, test.Greater)
	if !finite(r.pairs[0]) || !finite(r.pairs[1]) {
		return // two time-outs tie by rank, and yet have no ratio
	}
	r.Effect = r.back(stats.HodgesLehmann(r.differences, stats.Level))
	r.Detectable = r.size(stats.Detectable(r.differences))
}

// unpair compares the samples as a whole.
func (r *Row) unpair(b, h *cell) {
	r.Method = "Mann–Whitney, not interleaved"
	r.P = r.PMannWhitney
	for _, x := range b.values {
		for _, y := range h.values {
			r.ranks += cmp.Compare(y, x)
		}
	}
	x, y := r.transform(b.values), r.transform(h.values)
	r.Effect = r.back(stats.Shift(x, y, stats.Level))
	r.Detectable = r.size(stats.DetectableShift(x, y))
}

// difference is head against base on the scale on which effects are additive.
// Two time-outs do not differ.
func (r *Row) difference(base, head float64) float64 {
	if base == head {
		return 0
	}
	if !r.logarithmic() {
		return head - base
	}
	return math.Log(head) - math.Log(base)
}

func (r *Row) transform(v []float64) []float64 {
	if r.Difference {
		return v
	}
	logs := make([]float64, len(v))
	for i, x := range v {
		logs[i] = math.Log(x)
	}
	return logs
}

// back brings an estimate from the additive scale to ratios.
func (r *Row) back(e stats.Estimate) stats.Estimate {
	if !r.Difference {
		e.Center, e.Low, e.High = math.Exp(e.Center), math.Exp(e.Low), math.Exp(e.High)
	}
	return e
}

func (r *Row) size(d float64) float64 {
	if r.Difference {
		return d
	}
	return math.Expm1(d)
}

func finite(v []float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}
