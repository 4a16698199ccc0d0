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
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// legend says what the cells of the tables of columns hold.
func legend(p *page.Page, family []*effect.Row) {
	// A row without a verdict was not compared, and counts for nothing in the
	// adjustment.
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
		where = " of " + plain.Code(pkg)
	}
	p.Line("**%s**%s by %s:\n", plain.Code(b.name), where, plain.Prose(strings.TrimPrefix(b.column, "/")))
	var units []string
	for _, r := range b.rows {
		if !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	// The first unit is sec/op, as go test prints it, and is what most readers come
	// for.
	columnTable(p, b, units[0])
	if len(units) > 1 {
		p.Fold(plain.Prose(fmt.Sprintf("%s: %s", b.name, words.List(units[1:]))), func() {
			for _, u := range units[1:] {
				columnTable(p, b, u)
			}
		})
	}
}

// columns are the values of one unit of a benchmark, by the name of the row and by the
// column.
type columns struct {
	rows, heads     []string // in the order in which they come
	medians         map[[2]string]stats.Estimate
	effects         map[[2]string]*effect.Row
	lowest, highest int  // numbers of values of a median
	unpaired        bool // some effect compares columns with different counts
}

// columnsOf gathers the values of a unit.
func columnsOf(b *benchmark, unit string) *columns {
	c := &columns{medians: map[[2]string]stats.Estimate{}, effects: map[[2]string]*effect.Row{}, lowest: math.MaxInt}
	for i := range b.rows {
		r := &b.rows[i]
		if r.Unit != unit {
			continue
		}
		// Every row holds the median of its base again. add takes it once.
		if !slices.Contains(c.rows, r.Name) {
			c.rows = append(c.rows, r.Name)
		}
		c.add(r.Name, r.Base.Label, r.Base.Median)
		c.add(r.Name, r.Head.Label, r.Head.Median)
		c.effects[[2]string{r.Name, r.Head.Label}] = r
		c.unpaired = c.unpaired || !r.Paired && r.Verdict != ""
	}
	return c
}

// add takes the median of a cell, unless the cell has one or the median is of nothing.
func (c *columns) add(row, head string, e stats.Estimate) {
	if !slices.Contains(c.heads, head) {
		c.heads = append(c.heads, head)
	}
	at := [2]string{row, head}
	if _, ok := c.medians[at]; ok || e.N == 0 {
		return
	}
	c.medians[at] = e
	c.lowest, c.highest = min(c.lowest, e.N), max(c.highest, e.N)
}

// centers are the medians in the order of rows and columns.
func (c *columns) centers() (all []float64) {
	for _, row := range c.rows {
		for _, head := range c.heads {
			if e, ok := c.medians[[2]string{row, head}]; ok {
				all = append(all, e.Center)
			}
		}
	}
	return all
}

// columnTable is the table of one unit.
func columnTable(p *page.Page, b *benchmark, unit string) {
	c := columnsOf(b, unit)
	sc := microScale(unit, c.centers())
	key, labels := rowLabels(c.rows)
	if key != "" {
		key = " by " + key
	}
	t := table.Table{Head: []string{plain.Prose(sc.Unit + key)}}
	for _, head := range c.heads {
		t.Head = append(t.Head, plain.Code(head))
	}
	missing := false
	for i, name := range c.rows {
		row := []string{plain.Prose(labels[i])}
		for _, head := range c.heads {
			// The zero estimate of a missing cell has N = 0 and is printed as None.
			text := sc.Estimate(c.medians[[2]string{name, head}])
			missing = missing || text == format.None
			if e := microEffect(c.effects[[2]string{name, head}]); e != "" {
				text += "<br>" + e
			}
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.Table(&t)
	notes := []string{blocksNote(c.lowest, c.highest)}
	if c.unpaired {
		notes = append(notes, "Columns with different counts are compared without pairs, so machine drift is in their effects.")
	}
	if missing {
		notes = append(notes, format.None+" not reported.")
	}
	p.Line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
}

// microEffect is the text of an effect in a table cell, empty if there is no effect. The
// verdict is shown by its arrow alone, because columns are narrow, and an interval
// without width is left out.
func microEffect(r *effect.Row) string {
	if r == nil || math.IsNaN(r.Effect.Center) {
		return ""
	}
	// Effect collects the marks that need a footnote. The tables of Go benchmarks
	// explain theirs in the legend, so the marks of this row are dropped.
	text := strings.TrimSuffix(format.Effect(r, map[string]bool{}), " "+r.Verdict)
	if r.Effect.Low == r.Effect.High {
		value, rest, _ := strings.Cut(text, " [")
		_, verdict, _ := strings.Cut(rest, "]")
		return value + verdict
	}
	return text
}

// rowLabels are the labels of the rows. If every name consists of a value of the same
// key, the labels are these values, and head is the key. Else the labels are the full
// names, and head is empty.
func rowLabels(names []string) (head string, labels []string) {
	var parts [][]string
	keys, procs := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		// The parts are "/key=value", "/word" and "-P", which is GOMAXPROCS.
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
	// Short labels are safe only if they tell the rows apart, so all names need the
	// same key and the same GOMAXPROCS.
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

// blocksNote says how many values the medians of a table have, and the confidence of
// their intervals.
func blocksNote(lowest, highest int) string {
	n := fmt.Sprintf("n = %d", lowest)
	if highest != lowest {
		n = fmt.Sprintf("n = %d to %d", lowest, highest)
	}
	// The confidence depends on the number of values alone, so a median of zeros has
	// the right one.
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
		// A benchmark may report a unit of its own that ends in the same way, as in
		// "p99-sec/op". What stands before the dash stays.
		if rest, ok := strings.CutSuffix(unit, u.suffix); ok && (rest == "" || strings.HasSuffix(rest, "-")) {
			s := format.ScaleIn(u.dimension, centers)
			return format.Scale{Factor: s.Factor, Unit: rest + s.Unit + "/op"}
		}
	}
	return format.Scale{Factor: 1, Unit: unit}
}
