package report

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"

	"github.com/assay-bench/assay/analysis/internal/load"
	"golang.org/x/perf/benchproc"
)

// micro writes the Go benchmarks of the bundles.
func (p *page) micro() error {
	p.line("## Go benchmarks\n")
	found := false
	for _, run := range p.runs {
		m := run.Micro()
		if m == nil {
			continue
		}
		found = true
		if err := p.microTables(m); err != nil {
			return err
		}
	}
	if !found {
		p.line("This run holds no Go benchmarks.\n")
	}
	return nil
}

// microTables has one table per package, with the units as columns.
func (p *page) microTables(m *load.Text) error {
	var parser benchproc.ProjectionParser
	byConfig, err := parser.Parse("pkg", nil)
	if err != nil {
		return err
	}
	byName, err := parser.Parse(".fullname", nil)
	if err != nil {
		return err
	}
	type key struct {
		row  benchproc.Key
		unit string
	}
	type bench struct {
		rows   map[benchproc.Key]bool
		order  []benchproc.Key
		units  []string
		values map[key][]float64
	}
	tables := map[benchproc.Key]*bench{}
	var order []benchproc.Key
	err = m.Each(func(o load.Observation) error {
		at := byConfig.Project(o.Result)
		b := tables[at]
		if b == nil {
			b = &bench{rows: map[benchproc.Key]bool{}, values: map[key][]float64{}}
			tables[at] = b
			order = append(order, at)
		}
		row := byName.Project(o.Result)
		if !b.rows[row] {
			b.rows[row] = true
			b.order = append(b.order, row)
		}
		for _, v := range o.Result.Values {
			if !slices.Contains(b.units, v.Unit) {
				b.units = append(b.units, v.Unit)
			}
			b.values[key{row, v.Unit}] = append(b.values[key{row, v.Unit}], v.Value)
		}
		return nil
	})
	if err != nil {
		p.line("%s\n", relative(err.Error(), filepath.Dir(m.Path())))
	}
	for _, at := range order {
		b := tables[at]
		if s := at.StringValues(); s != "" {
			p.line("Package `%s`:\n", s)
		}
		t := table.Table{Head: []string{"benchmark"}}
		scales := map[string]scale{}
		lowest := 0
		for _, u := range b.units {
			var centers []float64
			for _, row := range b.order {
				v := b.values[key{row, u}]
				centers = append(centers, stats.Median(v).Center)
				if lowest == 0 || len(v) > 0 && len(v) < lowest {
					lowest = len(v)
				}
			}
			scales[u] = microScale(u, centers)
			t.Head = append(t.Head, scales[u].unit)
		}
		missing := false
		for _, row := range b.order {
			cells := []string{"`" + row.StringValues() + "`"}
			for _, u := range b.units {
				cells = append(cells, scales[u].estimate(stats.Median(b.values[key{row, u}])))
				missing = missing || cells[len(cells)-1] == none
			}
			t.Add(cells...)
		}
		p.markdown(&t)
		note := fmt.Sprintf("n = %d, %s: medians over blocks.", lowest, percent(stats.Median(make([]float64, lowest)).Confidence))
		if lowest < fewestBlocks {
			note = fmt.Sprintf("n = %d: medians over blocks; below %d no 95 %% interval exists.", lowest, fewestBlocks)
		}
		if missing {
			note += "<br>" + none + " not reported by this benchmark."
		}
		p.line("<sub>%s</sub>\n", note)
	}
	return nil
}

// microScale is a unit of Go benchmarks with its prefix: "sec/op" in µs is
// "µs/op".
func microScale(unit string, centers []float64) scale {
	switch unit {
	case "sec/op":
		s := scaleOf("p50-sec", centers)
		return scale{s.factor, s.unit + "/op"}
	case "B/op":
		s := scaleOf("bytes", centers)
		return scale{s.factor, s.unit + "/op"}
	}
	return scale{1, unit}
}
