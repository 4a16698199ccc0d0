package micro

import (
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// openRows is how many rows the table of single benchmarks may have and still be open.
const openRows = 12

// singleTable has the benchmarks without columns: a row for each, and a column for each
// unit. A long table is folded.
func singleTable(p *page.Page, all []*benchmark, root string) {
	units, packages := unitsOf(all), packagesOf(all)
	t := table.Table{Head: []string{"benchmark"}, Left: map[int]bool{}}
	if len(packages) > 1 {
		t.Head = append(t.Head, "package")
		t.Left[1] = true
	}
	// One scale serves a whole column, though its benchmarks may differ a thousandfold:
	// a column with two units invites wrong comparisons.
	scales, lowest, highest := singleScales(all, units)
	for _, u := range units {
		t.Head = append(t.Head, scales[u].Unit)
	}
	missing := false
	for _, b := range all {
		for _, name := range b.names {
			row := []string{"`" + name + "`"}
			if len(packages) > 1 {
				row = append(row, "`"+strings.TrimPrefix(b.pkg, root)+"`")
			}
			for _, u := range units {
				row = append(row, scales[u].Estimate(stats.Median(b.results[[2]string{name, u}])))
				missing = missing || row[len(row)-1] == format.None
			}
			t.Add(row...)
		}
	}
	note := blocksNote(lowest, highest)
	if missing {
		note += "<br>" + format.None + " not reported by this benchmark."
	}
	writeSingle(p, &t, note)
}

// singleScales chooses the unit of every column from the medians that stand in it, and
// gives the lowest and the highest number of values of a median.
//
// One scale serves a whole column, though its benchmarks may differ a thousandfold: a
// column with two units invites wrong comparisons.
func singleScales(all []*benchmark, units []string) (scales map[string]format.Scale, lowest, highest int) {
	scales, lowest = map[string]format.Scale{}, math.MaxInt
	for _, u := range units {
		var centers []float64
		for _, b := range all {
			for _, name := range b.names {
				if v := b.results[[2]string{name, u}]; len(v) > 0 {
					centers = append(centers, stats.Median(v).Center)
					lowest, highest = min(lowest, len(v)), max(highest, len(v))
				}
			}
		}
		scales[u] = microScale(u, centers)
	}
	return scales, lowest, highest
}

// writeSingle writes the table, folded if it is long.
func writeSingle(p *page.Page, t *table.Table, note string) {
	const title = "Benchmarks without variants"
	write := func() {
		p.Table(t)
		p.Line("<sub>%s</sub>\n", note)
	}
	if len(t.Rows) > openRows {
		p.Fold(title, write)
		return
	}
	p.Line("%s:\n", title)
	write()
}

// unitsOf lists the units of benchmarks in the order in which they come.
func unitsOf(all []*benchmark) (units []string) {
	for _, b := range all {
		for _, u := range b.units {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	return units
}

// packagesOf lists the packages of benchmarks in the order in which they come.
func packagesOf(all []*benchmark) (packages []string) {
	for _, b := range all {
		if !slices.Contains(packages, b.pkg) {
			packages = append(packages, b.pkg)
		}
	}
	return packages
}
