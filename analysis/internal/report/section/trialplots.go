package section

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// trialUnit is the figure that plots of single trials show.
func trialUnit(g *measured.Group) string {
	// The two are the figures by which the loads are judged: a closed load's latency
	// hides what a slow server costs, and an open load's rate is set by its schedule.
	if g.Open() {
		return "p99-sec"
	}
	return "goodput/s"
}

// samplesOf are the values of a unit in every trial of a group, with the place of
// the trial in the order of the run.
func samplesOf(g *measured.Group, unit string, factor float64) []plot.Sample {
	var samples []plot.Sample
	for _, v := range g.Variants {
		x := plot.Sample{Name: v.Variant, Slot: v.Slot}
		for _, t := range v.Trials {
			if value, ok := t.Figures[unit]; ok {
				// Order counts all trials of the run, other scenarios included, so that
				// a disturbance of the machine is at the same place in every scenario's
				// figure.
				x.X = append(x.X, float64(t.Order))
				x.Values = append(x.Values, value*factor)
			}
		}
		samples = append(samples, x)
	}
	return samples
}

// orderPlot draws the figure of every trial in the order of the run.
func orderPlot(p *page.Page, g *measured.Group) string {
	unit := trialUnit(g)
	sc := format.ScaleOf(unit, g.Scenario.Estimates(unit))
	samples := samplesOf(g, unit, sc.Factor)
	title := fmt.Sprintf("%s of every trial, %s", words.Metric(unit), sc.Unit)
	alt := fmt.Sprintf("%s: %s of every trial in the order of the run, for %s", g.Scenario.Spec.Name, words.Metric(unit), altNames(g))
	return p.Picture(g.Key+"-order", alt, func(w io.Writer, t plot.Theme) error { return plot.RunOrder(w, t, title, samples) })
}

// ecdfPlot draws how the figure is distributed over trials.
func ecdfPlot(p *page.Page, g *measured.Group) string {
	unit := trialUnit(g)
	sc := format.ScaleOf(unit, g.Scenario.Estimates(unit))
	samples := samplesOf(g, unit, sc.Factor)
	title := fmt.Sprintf("share of trials with a %s up to …", words.Metric(unit))
	alt := fmt.Sprintf("%s: distribution of %s over trials, for %s", g.Scenario.Spec.Name, words.Metric(unit), altNames(g))
	return p.Picture(g.Key+"-ecdf", alt, func(w io.Writer, t plot.Theme) error {
		return plot.ECDF(w, t, title, words.Metric(unit)+", "+sc.Unit, samples)
	})
}
