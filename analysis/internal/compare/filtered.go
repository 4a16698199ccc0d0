package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// filteredResult is a result without any value that passes the filter. The reason may only
// be that it lacks these units: a filter for latencies removes a trial of nothing
// but errors. Such a result counts, because missing values must not go unnoticed
// just because somebody used a filter.
type filteredResult struct {
	*benchfmt.Result
	resultOutcomes
}

// countFiltered counts the results that the filter removed only because they lack
// units. This can be decided only when all units are known. It then settles which
// result belongs to which block.
func (c *collector) countFiltered() {
	for _, t := range c.filtered {
		if one := c.columnOf(t); one != nil {
			one.outcomes = append(one.outcomes, t.resultOutcomes)
		}
	}
	for _, one := range c.columns {
		one.settle()
	}
	for _, g := range c.groups {
		for _, k := range g.samples {
			for _, line := range k.lines {
				k.blocks = append(k.blocks, k.block[line])
			}
		}
	}
}

// columnOf returns the column to which the result would belong if it had a value of
// some unit of that column. It returns nil if there is no such column, or if the
// filter removes the result for other reasons.
func (c *collector) columnOf(t filteredResult) *column {
	for _, unit := range c.seen {
		t.Values = []benchfmt.Value{unit}
		if ok, err := c.filter.Apply(t.Result); !ok || err != nil {
			continue
		}
		tables := c.table.ProjectValues(t.Result)
		if one := c.columns[place{config(tables[0], c.unit), c.row.Project(t.Result), c.col.Project(t.Result)}]; one != nil {
			return one
		}
	}
	return nil
}

// settle sorts the results into the order of the input. In text, the k-th result is
// block k.
func (c *column) settle() {
	slices.SortFunc(c.outcomes, func(a, b resultOutcomes) int { return cmp.Compare(a.line, b.line) })
	c.results = len(c.outcomes)
	c.block = make(map[int]int, c.results)
	for i := range c.outcomes {
		b := &c.outcomes[i]
		if b.block == 0 {
			b.block = i + 1
		}
		c.block[b.line] = b.block
	}
}

// merged returns an error if several trials of a run belong to the same block of a
// column: where blocks are paired, one would replace the other. In text, results are
// counted instead, and no two are the same block.
func (c *collector) merged() error {
	if !c.paired {
		return nil
	}
	for _, t := range c.tables() {
		g := c.groups[t]
		for _, row := range sortedKeys(g.rows) {
			for _, col := range sortedKeys(g.cols) {
				k := g.samples[[2]benchproc.Key{row, col}]
				if k == nil || k.facts == nil {
					continue
				}
				blocks := slices.Sorted(slices.Values(k.blocks))
				for i := 1; i < len(blocks); i++ {
					if blocks[i] != blocks[i-1] {
						continue
					}
					return fmt.Errorf("%w: row %q, column %q holds several trials of block %d, so that nothing tells which of them to pair: add %s to --row, or choose one with --filter",
						ErrUsage, row.StringValues(), col.StringValues(), blocks[i], strings.Join(k.differIn(), " and "))
				}
			}
		}
	}
	return nil
}

// differIn returns the keys in which the names of the column's trials differ.
func (c *column) differIn() []string {
	values := map[string]string{}
	var keys []string
	for i, name := range c.names {
		_, parts := benchfmt.Name(name).Parts()
		for _, p := range parts {
			key, value, named := strings.Cut(string(p), "=")
			if !named { // -8
				key, value = "/gomaxprocs", key
			}
			before, seen := values[key]
			if (seen && before != value || !seen && i > 0) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
			values[key] = value
		}
	}
	return keys
}
