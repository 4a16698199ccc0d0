package compare

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"

	"github.com/assay-bench/assay/analysis/internal/load"
)

// Options choose what is compared, in the syntax of benchproc.
type Options struct {
	Filter string // default "*"
	Row    string // default ".fullname"
	Col    string // default ".file", or "/variant" within one input
	Base   string // variant; needs Head
	Head   string // variant that is compared with Base
}

// ErrUsage marks options that contradict each other or the input.
var ErrUsage = errors.New("usage")

// ErrNothing means that the inputs are sound, but have no row with two columns.
var ErrNothing = errors.New("nothing to compare")

// samples collects the values of one row, column and unit.
type samples struct {
	*column
	values  []float64
	lines   []int         // line of each value
	blocks  []int         // block of each value, set when everything is read
	facts   []*load.Facts // facts of each value; nil for text
	behind  []uint64      // number of values behind the quantiles, for HTTP results in text
	residue map[benchproc.Key]struct{}
}

// place identifies the results of a column, whatever their units.
type place struct {
	config   string
	row, col benchproc.Key
}

// group is a table in benchstat's sense: one unit under one configuration.
type group struct {
	rows, cols map[benchproc.Key]struct{}
	samples    map[[2]benchproc.Key]*samples
}

type collector struct {
	filter                   *benchproc.Filter
	table, row, col, residue *benchproc.Projection
	unit                     *benchproc.Field
	groups                   map[benchproc.Key]*group
	columns                  map[place]*column
	units                    benchfmt.UnitMetadataMap
	open                     map[benchproc.Key]bool // rows of open load
	paired                   bool
	problems                 []error
	rejected                 map[string]bool
	line                     int              // number of results read so far
	filtered                 []filteredResult // results without a value that passes the filter
	unequal                  []load.Unequal   // different setups of the two inputs
	textHTTP                 bool             // there are HTTP results in text form
	whole                    bool             // targets of streams are left out
	seen                     []benchfmt.Value // one value of each unit that passes the filter
}

// plainName matches what needs no quotes in a projection.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// newCollector makes a collector for so many inputs. Its errors are about the options,
// as [ErrUsage], or about what the filter or a projection says.
func newCollector(inputs int, bundle bool, o Options) (*collector, error) {
	c := &collector{
		groups: map[benchproc.Key]*group{}, columns: map[place]*column{}, units: benchfmt.UnitMetadataMap{},
		open: map[benchproc.Key]bool{}, rejected: map[string]bool{},
	}
	if o.Filter == "" {
		o.Filter = "*"
	}
	if o.Row == "" {
		o.Row = ".fullname"
	}
	if (o.Base == "") != (o.Head == "") {
		return nil, fmt.Errorf("%w: --base and --head go together", ErrUsage)
	}
	switch {
	case o.Base != "" && inputs > 1:
		return nil, fmt.Errorf("%w: --base and --head name variants within one input; two inputs are compared with each other", ErrUsage)
	case o.Base != "" && o.Col != "":
		return nil, fmt.Errorf("%w: --base and --head choose the columns, and so does --col", ErrUsage)
	case o.Base != "" && o.Base == o.Head:
		return nil, fmt.Errorf("%w: base and head are both %q", ErrUsage, o.Base)
	case o.Base != "":
		for _, v := range []string{o.Base, o.Head} {
			if !plainName.MatchString(v) {
				return nil, fmt.Errorf("%w: %q is not the name of a variant", ErrUsage, v)
			}
		}
		o.Col = fmt.Sprintf("/variant@(%s %s)", o.Base, o.Head)
	case o.Col == "" && inputs > 1:
		o.Col = ".file"
	case o.Col == "" && bundle:
		o.Col = "/variant"
	case o.Col == "":
		return nil, fmt.Errorf("%w: nothing to compare a single file with: name a second one, --base and --head, or --col", ErrUsage)
	}
	c.paired = inputs == 1
	// Rows that are not told apart by name would mix targets with their streams.
	c.whole = !strings.Contains(o.Row, ".fullname") && !strings.Contains(o.Row+o.Col+o.Filter, "/target")
	return c, c.parse(o)
}

// parse compiles the projections, in the order of benchstat.
func (c *collector) parse(o Options) (err error) {
	if c.filter, err = benchproc.NewFilter(o.Filter); err != nil {
		return fmt.Errorf("%w: --filter: %w", ErrUsage, err)
	}
	var p benchproc.ProjectionParser
	if c.table, c.unit, err = p.ParseWithUnit(".config", c.filter); err != nil {
		return err
	}
	if c.row, err = p.Parse(o.Row, c.filter); err != nil {
		return fmt.Errorf("%w: --row: %w", ErrUsage, err)
	}
	if c.col, err = p.Parse(o.Col, c.filter); err != nil {
		return fmt.Errorf("%w: --col: %w", ErrUsage, err)
	}
	if c.paired {
		// With one input, its name says nothing.
		if _, err = p.Parse(".file", c.filter); err != nil {
			return err
		}
	}
	c.residue = p.Residue()
	return nil
}

// add takes one result of an input. It returns an error only if reading must end; a
// result that cannot be used is noted in problems, or left out.
func (c *collector) add(o load.Observation) error {
	if c.whole && o.Facts != nil && o.Facts.Target {
		return nil
	}
	// The filter may remove units that say how to interpret others.
	outcomes := outcomesOf(o)
	c.line++
	outcomes.line, outcomes.block = c.line, o.Block
	ok, err := c.filter.Apply(o.Result)
	if err != nil && !c.rejected[err.Error()] {
		c.rejected[err.Error()] = true
		c.problems = append(c.problems, err)
	}
	if !ok || len(o.Values) == 0 {
		c.filtered = append(c.filtered, filteredResult{o.Clone(), outcomes})
		return nil
	}
	tables := c.table.ProjectValues(o.Result)
	row, col, residue := c.row.Project(o.Result), c.col.Project(o.Result), c.residue.Project(o.Result)
	at := place{config(tables[0], c.unit), row, col}
	one := c.columns[at]
	if one == nil {
		one = &column{}
		c.columns[at] = one
	}
	one.outcomes = append(one.outcomes, outcomes)
	if o.Facts != nil {
		one.compareSetup(c.unequal, o.Name)
		if name := o.Name.String(); !slices.Contains(one.names, name) {
			one.names = append(one.names, name)
		}
	}
	for i, t := range tables {
		g := c.groups[t]
		if g == nil {
			g = &group{map[benchproc.Key]struct{}{}, map[benchproc.Key]struct{}{}, map[[2]benchproc.Key]*samples{}}
			c.groups[t] = g
			if u := o.Values[i]; !slices.ContainsFunc(c.seen, func(s benchfmt.Value) bool { return s.Unit == u.Unit && s.OrigUnit == u.OrigUnit }) {
				c.seen = append(c.seen, u)
			}
		}
		at := [2]benchproc.Key{row, col}
		k := g.samples[at]
		if k == nil {
			k = &samples{column: one, residue: map[benchproc.Key]struct{}{}}
			g.samples[at] = k
			g.rows[row] = struct{}{}
			g.cols[col] = struct{}{}
		}
		if outcomes.open {
			c.open[row] = true
		}
		k.values = append(k.values, o.Result.Values[i].Value)
		k.lines = append(k.lines, outcomes.line)
		k.residue[residue] = struct{}{}
		switch {
		case o.Facts != nil:
			k.facts = append(k.facts, o.Facts)
		case isHTTP(o.Name):
			c.textHTTP = true
			k.behind = append(k.behind, outcomes.behind())
		}
	}
	return nil
}

// sortedKeys returns the keys in the order of benchproc: in the order of their first
// occurrence, unless a projection says otherwise.
func sortedKeys(m map[benchproc.Key]struct{}) []benchproc.Key {
	keys := make([]benchproc.Key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	benchproc.SortKeys(keys)
	return keys
}
