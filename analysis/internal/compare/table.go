package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Table is what was collected: the rows of two or more columns.
type Table struct {
	Rows     []Row    // by configuration, unit, column and name
	Paired   bool     // by block
	Problems []error  // parts that could not be read and were left out
	Notes    []string // remarks on the inputs as a whole
}

// Collect arranges the columns of one input, or of two, side by side. Its errors are
// [ErrUsage], [ErrNothing], and those of reading.
func Collect(sources []load.Source, o Options) (*Table, error) {
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
	t := &Table{Paired: c.paired}
	for _, s := range sources {
		t.remark(s)
		if err := s.Each(c.add); err != nil {
			return nil, err
		}
		t.Problems = append(t.Problems, s.Problems()...)
		for k, v := range s.Units() {
			c.units[k] = v
		}
	}
	t.Problems = append(t.Problems, c.problems...)
	if c.textHTTP {
		t.Notes = append(t.Notes, "HTTP results in text are judged without the marks that only bundles have: whether a server fell behind its schedule, and the load generator's share")
	}
	if len(c.groups) == 0 {
		return nil, fmt.Errorf("%w: no result passes the filter and the columns", ErrNothing)
	}
	c.countFiltered()
	if err := c.merged(); err != nil {
		return nil, err
	}
	all := c.allColumns()
	for _, k := range c.tables() {
		cols := all
		if len(all) != 2 {
			// Of more than two columns, the first that has the unit is the one that
			// the others are compared with. Of two columns, one that lacks the unit
			// entirely must be shown.
			cols = sortedKeys(c.groups[k].cols)
		}
		t.addGroup(c, k, cols)
	}
	t.split()
	if !slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Base.Median.N > 0 && r.Head.Median.N > 0 }) {
		return nil, fmt.Errorf("%w: the columns have no row in common%s", ErrNothing, c.found())
	}
	return t, nil
}

// tables returns the keys of the groups in order.
func (c *collector) tables() []benchproc.Key {
	keys := make(map[benchproc.Key]struct{}, len(c.groups))
	for k := range c.groups {
		keys[k] = struct{}{}
	}
	return sortedKeys(keys)
}

// allColumns returns the columns of all units and configurations.
func (c *collector) allColumns() []benchproc.Key {
	seen := map[benchproc.Key]struct{}{}
	for _, g := range c.groups {
		maps.Copy(seen, g.cols)
	}
	return sortedKeys(seen)
}

// found says which columns there were, for the error that there was only one.
func (c *collector) found() string {
	var names []string
	for _, k := range c.allColumns() {
		names = append(names, k.StringValues())
	}
	return fmt.Sprintf(" (found: %s)", strings.Join(names, ", "))
}

// addGroup adds the rows of one unit under one configuration: every further column
// beside the first.
func (t *Table) addGroup(c *collector, key benchproc.Key, cols []benchproc.Key) {
	g := c.groups[key]
	unit := key.Get(c.unit)
	rows := sortedKeys(g.rows)
	better := direct(c.units, unit)
	for _, head := range cols[1:] {
		for _, name := range rows {
			b, h := g.samples[[2]benchproc.Key{name, cols[0]}], g.samples[[2]benchproc.Key{name, head}]
			if b == nil && h == nil {
				continue
			}
			r := Row{
				Config: config(key, c.unit), Name: name.StringValues(), Unit: unit, Better: better, Paired: c.paired,
				Base: Side{Label: cols[0].StringValues()}, Head: Side{Label: head.StringValues()},
				Difference: units.IsShare(unit),
				Exact:      c.units.GetAssumption(unit).SummaryLabel() == "exact",
			}
			r.fill(b, h)
			r.mark(b, h)
			r.family(c.open[name])
			t.Rows = append(t.Rows, r)
		}
	}
}

// direct returns the direction of a unit: its own "better=", or else what its name
// says.
func direct(metadata benchfmt.UnitMetadataMap, unit string) units.Direction {
	if metadata.Get(unit, "better") != nil {
		return units.Direction(metadata.GetBetter(unit))
	}
	return units.Better(unit)
}

// config is the file configuration of a group as text, "key: value, …", without the
// unit.
func config(key benchproc.Key, unit *benchproc.Field) string {
	var parts []string
	for _, f := range key.Projection().FlattenedFields() {
		if f.Name != unit.Name && key.Get(f) != "" {
			parts = append(parts, f.Name+": "+key.Get(f))
		}
	}
	return strings.Join(parts, ", ")
}

// fill sets what follows from the samples of base and head. Either may be nil.
func (r *Row) fill(b, h *samples) {
	summarise := stats.Median
	if r.Exact {
		summarise = stats.Exact
	}
	for _, side := range []struct {
		*Side
		*samples
	}{{&r.Base, b}, {&r.Head, h}} {
		if side.samples == nil {
			side.Median = stats.Median(nil)
			continue
		}
		side.Median = summarise(side.values)
		side.Values, side.Blocks, side.Results = side.values, side.blocks, side.results
		r.remarkResidue(side.samples)
	}
	if b == nil || h == nil {
		only := r.Base.Label
		if b == nil {
			only = r.Head.Label
		}
		r.Remarks = append(r.Remarks, "only in "+only)
		return
	}
	if r.Paired && b.facts == nil && b.results != h.results {
		r.Paired = false
		r.Remarks = append(r.Remarks, "not paired: the columns have different counts, so no result is known to belong to another")
	}
}

// remarkResidue says in which keys of their names the results of a sample differ, if
// neither rows nor columns distinguish these keys.
func (r *Row) remarkResidue(c *samples) {
	var keys []benchproc.Key
	for k := range c.residue {
		keys = append(keys, k)
	}
	benchproc.SortKeys(keys)
	var names []string
	for _, f := range benchproc.NonSingularFields(keys) {
		names = append(names, f.Name)
	}
	if note := "benchmarks vary in " + strings.Join(names, ", "); len(names) > 0 && !slices.Contains(r.Remarks, note) {
		r.Remarks = append(r.Remarks, note)
	}
}

// remark adds remarks on an input as a whole.
func (t *Table) remark(s load.Source) {
	run, ok := s.(*load.Run)
	if !ok {
		return
	}
	note := func(format string, args ...any) {
		t.Notes = append(t.Notes, s.Label()+": "+fmt.Sprintf(format, args...))
	}
	m := run.Manifest
	switch m.State {
	case results.StateRunning:
		note("the run has not ended")
	case results.StateInterrupted:
		note("the run was interrupted before all of its blocks were done")
	case results.StateFailed:
		note("the run failed: %s", m.Failure)
	}
	if m.Quick {
		note("a quick run, with short windows and few blocks")
	}
}
