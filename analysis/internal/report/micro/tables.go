package micro

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// openRows is how many rows a table of Go benchmarks may have and still be open.
const openRows = 12

// legend says what the cells of the tables of columns hold.
func legend(p *page.Page, family []*effect.Row) {
	n := 0
	for _, r := range family {
		if r.Family != "" && r.Verdict != "" {
			n++
		}
	}
	p.Line("A cell has the median over blocks with its interval and, below it, the effect against the first column as a factor: a Hodges–Lehmann estimate over blocks, with its interval. "+
		"▲ more and ▼ less, with p ≤ %v adjusted for %s of Go benchmarks together; = none beyond the margin of 5 %%; ? cannot tell. A bare number has an interval without width; a value of zero allows no factor.\n", effect.Alpha, words.Plural(n, "comparison"))
}

// columnTables writes a benchmark with columns: the first unit open, the others
// folded.
func columnTables(p *page.Page, b *benchmark, root string) {
	where := ""
	if pkg := strings.TrimPrefix(b.pkg, root); pkg != "" {
		where = " of `" + pkg + "`"
	}
	p.Line("**`%s`**%s by %s:\n", b.name, where, strings.TrimPrefix(b.column, "/"))
	var units []string
	for _, r := range b.rows {
		if !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	columnTable(p, b, units[0])
	if len(units) > 1 {
		p.Fold(fmt.Sprintf("%s: %s", b.name, words.List(units[1:])), func() {
			for _, u := range units[1:] {
				columnTable(p, b, u)
			}
		})
	}
}

// columnTable is the table of one unit.
func columnTable(p *page.Page, b *benchmark, unit string) {
	var names, columns []string
	effects := map[[2]string]*effect.Row{}
	medians := map[[2]string]stats.Estimate{}
	var centers []float64
	lowest, highest, unpaired := math.MaxInt, 0, false
	note := func(name, column string, e stats.Estimate) {
		if !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
		if _, ok := medians[[2]string{name, column}]; ok || e.N == 0 {
			return
		}
		medians[[2]string{name, column}] = e
		centers = append(centers, e.Center)
		lowest, highest = min(lowest, e.N), max(highest, e.N)
	}
	for i := range b.rows {
		r := &b.rows[i]
		if r.Unit != unit {
			continue
		}
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
		note(r.Name, r.Base.Label, r.Base.Median)
		note(r.Name, r.Head.Label, r.Head.Median)
		effects[[2]string{r.Name, r.Head.Label}] = r
		unpaired = unpaired || !r.Paired && r.Verdict != ""
	}
	sc := microScale(unit, centers)
	head, labels := rowLabels(names)
	if head != "" {
		head = " by " + head
	}
	t := table.Table{Head: []string{sc.Unit + head}}
	for _, c := range columns {
		t.Head = append(t.Head, "`"+c+"`")
	}
	missing := false
	for i, name := range names {
		row := []string{labels[i]}
		for _, c := range columns {
			text := sc.Estimate(medians[[2]string{name, c}])
			missing = missing || text == format.None
			if e := microEffect(effects[[2]string{name, c}]); e != "" {
				text += "<br>" + e
			}
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.Table(&t)
	var notes []string
	notes = append(notes, blocksNote(lowest, highest))
	if unpaired {
		notes = append(notes, "Columns with different counts are compared without pairs, so machine drift is in their effects.")
	}
	if missing {
		notes = append(notes, format.None+" not reported.")
	}
	p.Line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
}

// microEffect is an effect for a cell, empty if there is none. One without width
// needs no interval, and narrow columns no word beside the arrow.
func microEffect(r *effect.Row) string {
	if r == nil || math.IsNaN(r.Effect.Center) {
		return ""
	}
	text := strings.TrimSuffix(format.Effect(r, map[string]bool{}), " "+r.Verdict)
	if r.Effect.Low == r.Effect.High {
		value, rest, _ := strings.Cut(text, " [")
		_, verdict, _ := strings.Cut(rest, "]")
		return value + verdict
	}
	return text
}

// rowLabels are the rows' names without what all of them have in common: the
// values of the head's key, if they have one and the same, else the full names.
func rowLabels(names []string) (head string, labels []string) {
	var parts [][]string
	keys, procs := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		_, raw := benchfmt.Name(n).Parts()
		var own []string
		proc := ""
		for _, r := range raw {
			s := string(r)
			if strings.HasPrefix(s, "-") {
				proc = s
				continue
			}
			own = append(own, strings.TrimPrefix(s, "/"))
		}
		procs[proc] = true
		parts = append(parts, own)
		key, _, ok := strings.Cut(strings.Join(own, "/"), "=")
		if len(own) != 1 || !ok {
			key = ""
		}
		keys[key] = true
	}
	if len(keys) == 1 && len(procs) == 1 {
		for k := range keys {
			head = k
		}
	}
	for i, n := range names {
		label := "`" + n + "`"
		if head != "" {
			_, label, _ = strings.Cut(parts[i][0], "=")
		}
		labels = append(labels, label)
	}
	return head, labels
}

// singleTable has the benchmarks without variants, with the units as columns.
func singleTable(p *page.Page, all []*benchmark, root string) {
	var units []string
	rows := 0
	packages := map[string]bool{}
	for _, b := range all {
		rows += len(b.names)
		packages[b.pkg] = true
		for _, u := range b.units {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	t := table.Table{Head: []string{"benchmark"}, Left: map[int]bool{}}
	if len(packages) > 1 {
		t.Head = append(t.Head, "package")
		t.Left[1] = true
	}
	lowest, highest := math.MaxInt, 0
	scales := map[string]format.Scale{}
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
	write := func() {
		p.Table(&t)
		note := blocksNote(lowest, highest)
		if missing {
			note += "<br>" + format.None + " not reported by this benchmark."
		}
		p.Line("<sub>%s</sub>\n", note)
	}
	title := "Benchmarks without variants"
	if rows > openRows {
		p.Fold(title, write)
		return
	}
	p.Line("%s:\n", title)
	write()
}

// blocksNote says over how many values the medians of a table are.
func blocksNote(lowest, highest int) string {
	n := fmt.Sprintf("n = %d", lowest)
	if highest != lowest {
		n = fmt.Sprintf("n = %d to %d", lowest, highest)
	}
	if lowest < stats.FewestValues {
		return fmt.Sprintf("%s: medians over blocks; below %d no 95 %% interval exists.", n, stats.FewestValues)
	}
	return fmt.Sprintf("%s, %s: medians over blocks.", n, format.Percent(stats.Median(make([]float64, lowest)).Confidence))
}

// microScale is a unit of Go benchmarks with its prefix: "sec/op" in µs is
// "µs/op".
func microScale(unit string, centers []float64) format.Scale {
	for _, u := range []struct {
		suffix    string
		dimension results.Dimension
	}{{"sec/op", results.Seconds}, {"B/op", results.Bytes}} {
		if rest, ok := strings.CutSuffix(unit, u.suffix); ok && (rest == "" || strings.HasSuffix(rest, "-")) {
			s := format.ScaleIn(u.dimension, centers)
			return format.Scale{Factor: s.Factor, Unit: rest + s.Unit + "/op"}
		}
	}
	return format.Scale{Factor: 1, Unit: unit}
}
