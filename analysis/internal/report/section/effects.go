package section

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// effectUnits are the rows of the table of effects, primary or not.
var effectUnits = []string{"goodput/s", "req/s", "p50-sec", "p99-sec", "p99.9-sec", "within-slo-ratio", "server-cpu-sec/op", "server-allocs/op", "peak-goroutines", "peak-RSS-bytes", "PSS-bytes"}

// effectsTable compares every other variant with the first. A variant without a known
// effect has no column. If none has an effect there is no table, and if there are more
// variants than fit beside each other there are several.
func effectsTable(p *page.Page, g *measured.Group) {
	s, base := g.Scenario, g.Variants[0]
	// Slices of a group are shared by all sections, so the list is cloned before
	// variants are taken out.
	others := slices.DeleteFunc(slices.Clone(g.Variants[1:]), func(v *measured.Variant) bool {
		return !slices.ContainsFunc(effectUnits, func(u string) bool { return s.Row(v, u) != nil })
	})
	if len(others) == 0 {
		return
	}
	marks := map[string]bool{}
	var tables []table.Table
	for _, part := range columns(others, manyEffects) {
		tables = append(tables, effectsOf(s, base, part, marks))
	}
	heading(p, g, "Effects")
	for i := range tables {
		p.Table(&tables[i])
	}
	notes := append([]string{effectsNote(s, others)}, format.MarkNotes(marks)...)
	p.Line("<sub>%s</sub>\n", strings.Join(notes, "<br>"))
}

// manyEffects is the largest number of columns of effects that fits on a page.
const manyEffects = 4

// columns divides what would stand side by side among tables with at most that many columns
// each. The tables are of nearly one size: five columns make three and two.
func columns[T any](all []T, most int) [][]T {
	tables := (len(all) + most - 1) / most
	return slices.Collect(slices.Chunk(all, (len(all)+tables-1)/tables))
}

// effectsOf is the table of some of the variants. Marks of its cells are added to marks.
func effectsOf(s *measured.Scenario, base *measured.Variant, others []*measured.Variant, marks map[string]bool) table.Table {
	t := table.Table{Head: []string{"against `" + base.Variant + "`"}}
	for _, v := range others {
		t.Head = append(t.Head, "`"+v.Variant+"`")
	}
	for _, u := range effectUnits {
		row := []string{words.Metric(u)}
		if units.Primary(u, base.Open()) && !ofTargets(s, others, u) {
			row[0] = "**" + row[0] + "**"
		}
		// The marks of a row that is left out must not get a note below the table, so
		// they are gathered apart first.
		here := map[string]bool{} // marks of this row
		found := false
		for _, v := range others {
			r := s.Row(v, u)
			found = found || r != nil && r.Verdict != ""
			row = append(row, format.Effect(r, here))
		}
		if found {
			t.Add(row...)
			maps.Copy(marks, here)
		}
	}
	return t
}

// effectsNote says how the effects of a table were estimated, and which of them a
// verdict may rest on.
func effectsNote(s *measured.Scenario, others []*measured.Variant) string {
	// One confidence is printed for the whole table: that of the rows with the most
	// blocks. Rows with fewer blocks have wider intervals of nearly the same
	// confidence.
	confidence, n := math.NaN(), 0 // of the rows that most blocks have
	for _, v := range others {
		for _, u := range effectUnits {
			if r := s.Row(v, u); r != nil && r.Effect.N > n {
				confidence, n = r.Effect.Confidence, r.Effect.N
			}
		}
	}
	note := fmt.Sprintf("Hodges–Lehmann estimates over %s, as factors (shares: differences in percentage points)", words.Plural(n, "block"))
	if math.IsNaN(confidence) {
		note += "; too few blocks for an interval"
	} else {
		note += ", " + format.Percent(confidence) + " intervals that assume symmetric differences"
	}
	note += ". ▲ ▼ a difference, = none beyond the margin, ? cannot tell. **Bold**: primary; the rest is descriptive and not adjusted."
	// Both figures help to plan the next run: how small an effect this one could have
	// shown, and whether pairing by block was worth it.
	return note + sensitivity(s, others)
}

// sensitivity says how small an effect a table of effects could have shown, and what
// pairing by block has brought. It is empty where neither is known.
func sensitivity(s *measured.Scenario, others []*measured.Variant) (note string) {
	var detectable, correlations []string
	for _, v := range others {
		r := s.Row(v, v.Primary())
		if r == nil {
			continue
		}
		if !math.IsNaN(r.Detectable) {
			detectable = append(detectable, fmt.Sprintf("%s for `%s`", format.Percent(r.Detectable), v.Variant))
		}
		// What pairing by block and common random numbers have brought.
		if !math.IsNaN(r.Correlation()) {
			correlations = append(correlations, format.Fixed(r.Correlation(), 2))
		}
	}
	if len(detectable) > 0 {
		note += fmt.Sprintf(" Smallest effect on %s with an 80 %% chance to be seen: %s.", words.Metric(others[0].Primary()), words.List(detectable))
	}
	if len(correlations) > 0 {
		note += " Correlation within blocks: " + words.List(correlations) + "."
	}
	return note
}

// ofTargets reports whether a primary unit is that of the targets, and not of the stream.
func ofTargets(s *measured.Scenario, others []*measured.Variant, unit string) bool {
	return slices.ContainsFunc(others, func(v *measured.Variant) bool {
		r := s.Row(v, unit)
		return r != nil && r.Split && r.Family == ""
	})
}
