package section

import (
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// The parts of a section, for pages that put them elsewhere than [Write] does. What they
// write is word for word what the section has.

// WriteLoad writes what the load of a group is.
func WriteLoad(p *page.Page, g *measured.Group) { loadLine(p, g) }

// WriteMedians writes the tables of medians, which have a row for each variant. Their
// columns after the first are [MedianUnits].
func WriteMedians(p *page.Page, g *measured.Group) { mainTable(p, g) }

// MedianUnits are the units of each table of medians, in the order of its columns.
func MedianUnits(g *measured.Group) (tables [][]string) {
	for _, set := range mainUnits {
		units := slices.DeleteFunc(slices.Clone(set), func(u string) bool { return !hasColumn(g, u) })
		if len(units) > 0 {
			tables = append(tables, units)
		}
	}
	return tables
}

// WriteEffects writes the table of effects against the first variant, if there is one.
func WriteEffects(p *page.Page, g *measured.Group) { effectsTable(p, g) }

// WriteDetails writes the other tables of a group: targets, what was answered, the recovery
// from a spike, all metrics, the parts of a request's time, and what theory expects.
func WriteDetails(p *page.Page, g *measured.Group) {
	targetsTable(p, g)
	answers(p, g)
	wrongAnswers(p, g)
	recoveryTable(p, g)
	p.Fold("Where the time goes", func() { ledgerTable(p, g) })
	p.Fold("All metrics", func() { allMetrics(p, g) })
	p.Fold("Theory beside measurement", func() { theory(p, g) })
}

// WriteObjectives writes which objectives of a scenario the run holds, if it has any.
func WriteObjectives(p *page.Page, s *measured.Scenario) { objectives(p, s) }

// Warnings are the warnings of a scenario in alphabetical order, each once and with the
// number of times that it came up.
func Warnings(s *measured.Scenario) []string { return warningsOf(s.Run, s.Spec.Name, doubts(s)) }

// Segments are the parts of a variant's latency at a quantile, one after the other, in
// seconds, in the order of [SegmentNames]. There are none if the service time was not
// recorded.
func Segments(g *measured.Group, v *measured.Variant, quantile Quantile) []float64 {
	if _, ok := v.Parts["service"]; !ok {
		return nil
	}
	return segments(v.Parts, quantile, 1, g.Stream.NoReuse)
}

// TrialUnit is the figure that plots of single trials show.
func TrialUnit(g *measured.Group) string { return trialUnit(g) }

// InOrder are the trials of a group by block and then in the order drawn for the block,
// as they were run.
func InOrder(g *measured.Group) []load.Trial { return trialsInOrder(g) }
