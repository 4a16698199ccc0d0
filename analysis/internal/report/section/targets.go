package section

import (
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// targetUnits are the columns of the table of targets.
var targetUnits = []string{"goodput/s", "p50-sec", "p99-sec", "reject-ratio", "error-ratio", "timeout-ratio"}

// targetsTable has one row for every target and variant of a group whose stream has
// several targets. A unit that none has, and a share that is 0 for all, is no column.
func targetsTable(p *page.Page, g *measured.Group) {
	all := targetsOf(g)
	if len(all) == 0 {
		return
	}
	names := targetNames(all)
	said := sayingsOf(names)
	t := table.Table{Head: []string{said.one, "variant"}, Left: map[int]bool{1: true}}
	var shown []string
	scales := map[string]format.Scale{}
	for _, u := range targetUnits {
		values := mediansOf(all, u)
		if len(values) == 0 || units.IsShare(u) && !slices.ContainsFunc(values, func(v float64) bool { return v > 0 }) {
			continue
		}
		shown = append(shown, u)
		scales[u] = format.ScaleOf(u, values)
		head := words.Metric(u)
		if units.IsLatency(u) {
			head = strings.TrimSuffix(words.Latency(g.Open()), " time") + " " + head
		}
		t.Head = append(t.Head, strings.TrimSuffix(head+", "+scales[u].Unit, ", "))
	}
	marks := map[string]bool{}
	missing := false
	for _, name := range names {
		for _, v := range all {
			if v.Target != name {
				continue
			}
			row := []string{"`" + name + "`", "`" + v.Variant + "`"}
			for _, u := range shown {
				text := medianText(v, scales[u], u, marks)
				missing = missing || text == format.None
				row = append(row, text)
			}
			t.Add(row...)
		}
	}
	heading(p, g, "By "+said.one)
	p.Line("%s\n", said.why)
	p.Table(&t)
	footnotes(p, g.Scenario, marks, missing)
	targetEffects(p, g)
}

// sayings are the words for what has results of its own.
type sayings struct{ one, why string }

// sayingsOf returns the words for targets, or for the steps of a flow, by their names.
func sayingsOf(names []string) sayings {
	if slices.Contains(names, results.FlowTarget) {
		return sayings{"step", "Every step of the flow has results of its own. `" + results.FlowTarget + "` is the whole: from the moment at which a run of the flow was due to the last byte of its last step, pauses included. What is judged of the latency is that of each of these."}
	}
	return sayings{"target", "A quantile of all requests moves when their mix does, so what is judged of the latency is that of each target."}
}

// targetsOf are the targets of all variants of a group.
func targetsOf(g *measured.Group) (all []*measured.Variant) {
	for _, v := range g.Variants {
		all = append(all, v.Targets...)
	}
	return all
}

// targetNames are the names of targets, each once.
func targetNames(all []*measured.Variant) (names []string) {
	for _, v := range all {
		if !slices.Contains(names, v.Target) {
			names = append(names, v.Target)
		}
	}
	return names
}

// mediansOf are the medians of a unit, of those that have one.
func mediansOf(all []*measured.Variant, unit string) (values []float64) {
	for _, v := range all {
		if e, ok := v.Medians[unit]; ok {
			values = append(values, e.Center)
		}
	}
	return values
}

// targetEffects compares every other variant with the first, by target. Rows are what a
// verdict on the latency rests on.
func targetEffects(p *page.Page, g *measured.Group) {
	s, base := g.Scenario, g.Variants[0]
	names := targetNames(targetsOf(g))
	t := table.Table{Head: []string{sayingsOf(names).one, "against `" + base.Variant + "`"}, Left: map[int]bool{1: true}}
	for _, v := range g.Variants[1:] {
		t.Head = append(t.Head, "`"+v.Variant+"`")
	}
	marks := map[string]bool{}
	blocks := 0
	for _, name := range names {
		for _, u := range []string{"p50-sec", "p99-sec", "error-ratio"} {
			row, found := []string{"`" + name + "`", words.Metric(u)}, false
			for _, v := range g.Variants[1:] {
				i := slices.IndexFunc(v.Targets, func(x *measured.Variant) bool { return x.Target == name })
				if i < 0 {
					row = append(row, format.None)
					continue
				}
				r := s.Row(v.Targets[i], u)
				if r != nil && r.Verdict != "" {
					found, blocks = true, max(blocks, r.Effect.N)
				}
				row = append(row, format.Effect(r, marks))
			}
			if found {
				t.Add(row...)
			}
		}
	}
	if len(t.Rows) == 0 {
		return
	}
	p.Table(&t)
	note := "Estimated as above, over " + words.Plural(blocks, "block") + ". ▲ ▼ a difference, = none beyond the margin, ? cannot tell."
	if g.Open() {
		note += " p50 and p99 are primary."
	}
	if blocks < stats.FewestValues {
		note += " Too few blocks for an interval."
	}
	p.Line("<sub>%s</sub>\n", strings.Join(append([]string{note}, format.MarkNotes(marks)...), "<br>"))
}
