package section

import (
	"fmt"
	"io"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// mainPlots writes the two figures of a group that are always open, side by side.
func mainPlots(p *page.Page, g *measured.Group) {
	heading(p, g, "Plots")
	latency, rates := latencyPlot(p, g), throughputPlot(p, g)
	p.Line("<p>%s\n%s</p>\n", latency, rates)
}

// storyPlots writes what the server used over time, if this is the point of the group.
// In other groups morePlots folds the same figures away.
func storyPlots(p *page.Page, g *measured.Group) {
	if !g.Story() {
		return
	}
	if figures := usedPlots(p, g); len(figures) > 0 {
		p.Line("<p>%s</p>\n", strings.Join(figures, "\n"))
	}
}

// morePlots writes the folded figures of a group.
func morePlots(p *page.Page, g *measured.Group) {
	// A figure that a group does not have is "" and is left out below.
	figures := []string{timePlot(p, g), ledgerPlot(p, g)}
	if !g.Story() {
		figures = append(figures, usedPlots(p, g)...)
	}
	figures = append(figures, orderPlot(p, g), ecdfPlot(p, g))
	figures = append(figures, heatPlots(p, g)...)
	p.Fold("More plots", func() {
		p.Line("<p>")
		for _, f := range figures {
			if f != "" {
				p.Line("%s", f)
			}
		}
		p.Line("</p>\n")
	})
}

// HeadlinePlot is the figure that carries a group's finding: latency in open load,
// throughput in a closed loop.
func HeadlinePlot(p *page.Page, g *measured.Group) string {
	if g.Open() {
		return latencyPlot(p, g)
	}
	return throughputPlot(p, g)
}

// latencyPlot draws the latency of every variant by percentile.
func latencyPlot(p *page.Page, g *measured.Group) string {
	var all []float64
	for _, v := range g.Variants {
		for _, q := range v.Curve {
			all = append(all, q.Latency.Center)
		}
	}
	unit := format.ScaleOf("p50-sec", all)
	var curves []plot.Curve
	for _, v := range g.Variants {
		c := plot.Curve{Name: v.Variant, Slot: v.Slot}
		for _, q := range v.Curve {
			// Shares run from 0 to 1. The plot stretches them towards 1, where the tail
			// is.
			c.Shares = append(c.Shares, q.Share)
			c.Values = append(c.Values, q.Latency.Center*unit.Factor)
			c.Low = append(c.Low, q.Latency.Low*unit.Factor)
			c.High = append(c.High, q.Latency.High*unit.Factor)
		}
		curves = append(curves, c)
	}
	word := words.Latency(g.Open())
	alt := fmt.Sprintf("%s: %s by percentile, median over trials with interval. At p99: %s", g.Scenario.Spec.Name, word, altList(g, "p99-sec"))
	return p.Picture(g.Key+"-latency", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Percentiles(w, t, word+" of successful requests", unit.Unit, curves)
	})
}

// throughputPlot draws throughput and goodput of every variant.
func throughputPlot(p *page.Page, g *measured.Group) string {
	var bars []plot.Throughput
	for _, v := range g.Variants {
		// Throughput and goodput stand in one bar, because what lies between them are
		// refusals and errors.
		bars = append(bars, plot.Throughput{Name: v.Variant, Slot: v.Slot, All: page.Interval(v.Medians["req/s"]), Goodput: page.Interval(v.Medians["goodput/s"])})
	}
	alt := fmt.Sprintf("%s: answers per second with intervals. Goodput: %s", g.Scenario.Spec.Name, altList(g, "goodput/s"))
	return p.Picture(g.Key+"-rates", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Throughputs(w, t, bars)
	})
}

// altList gives the medians of a unit, for those who do not see the plot.
func altList(g *measured.Group, unit string) string {
	sc := format.ScaleOf(unit, g.Scenario.Estimates(unit))
	var items []string
	for _, v := range g.Variants {
		// Numbers without intervals: an alternative text is read aloud.
		text := sc.Center(v.Medians[unit])
		if text != format.None {
			text += " " + sc.Unit
		}
		items = append(items, v.Variant+" "+text)
	}
	return words.List(items) + "."
}

// altNames lists the variants of a group at the end of an alternative text.
func altNames(g *measured.Group) string {
	var names []string
	for _, v := range g.Variants {
		names = append(names, v.Variant)
	}
	return words.List(names) + "."
}
