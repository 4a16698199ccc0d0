package section

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// timeAxes are the axes of a figure over the seconds of the attack. They shade the
// warm-up, and the spike if the load has one.
func timeAxes(g *measured.Group, title string) plot.Axes {
	longest := 0
	for _, v := range g.Variants {
		longest = max(longest, v.Time.Warmup)
	}
	axes := plot.Axes{Title: title, X: "seconds since the attack began", Shade: float64(longest), Note: "warm-up", EventNote: "spike"}
	// All variants of a group have the same load, and so the same spike.
	if r := g.Variants[0].Recovery; r != nil {
		axes.Event = [2]float64{r.Start.Seconds(), r.End.Seconds()}
	}
	return axes
}

// timePlot draws median and p99 by second. It returns "" if the attack lasted a single
// second, because then there is no course over time.
func timePlot(p *page.Page, g *measured.Group) string {
	var all []float64
	for _, v := range g.Variants {
		_, y := mediansBySecond(v.Time.P50, 1)
		all = append(all, y...)
	}
	if len(all) < 2*len(g.Variants) {
		return ""
	}
	unit := format.ScaleOf("p50-sec", all)
	var lines []plot.Line
	for _, v := range g.Variants {
		l := plot.Line{Name: v.Variant, Slot: v.Slot}
		// A second without a successful answer has no median. The line then joins its
		// neighbours.
		l.X, l.Y = mediansBySecond(v.Time.P50, unit.Factor)
		_, l.Upper = mediansBySecond(v.Time.P99, unit.Factor)
		lines = append(lines, l)
	}
	axes := timeAxes(g, fmt.Sprintf("%s by second, %s: — median   - - p99", words.Latency(g.Open()), unit.Unit))
	alt := fmt.Sprintf("%s: median and p99 of every second of the attack, medians over trials, for %s", g.Scenario.Spec.Name, altNames(g))
	return p.Picture(g.Key+"-time", alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) })
}

// withinPlot draws the share of requests that were answered well in time, by the
// second in which they were meant to start.
func withinPlot(p *page.Page, g *measured.Group) string {
	var lines []plot.Line
	for _, v := range g.Variants {
		// Within holds shares, and the axis is in per cent.
		lines = append(lines, bandBySecond(v, v.Recovery.Within, 100))
	}
	axes := timeAxes(g, "requests answered well within the objective, %, by intended second")
	alt := fmt.Sprintf("%s: share of requests answered well within the objective, by the second in which they were meant to start, medians over trials with intervals, for %s", g.Scenario.Spec.Name, altNames(g))
	return p.Picture(g.Key+"-within", alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) })
}

// fewestReadings is how many seconds a plot of what a server used has at least. There is
// one reading a second. In a shorter burst the peak may lie between two readings, so that
// a server could seem to use less than another one that in fact used less.
const fewestReadings = 5

// usedPlots draws what the servers used over time: goroutines, memory, and
// connections to the store. A figure of which there is nothing to draw is left out.
func usedPlots(p *page.Page, g *measured.Group) (figures []string) {
	for _, u := range []struct {
		file, title string
		kind        measured.Usage
		factor      float64
	}{
		{"goroutines", "goroutines of the server", measured.Goroutines, 1},
		{"memory", "resident memory of the server, MiB", measured.Memory, 1.0 / (1 << 20)},
		{"connections", "store connections of the server, idle ones too", measured.Connections, 1},
	} {
		var lines []plot.Line
		longest, highest := 0, 0.0
		for _, v := range g.Variants {
			l := bandBySecond(v, v.Time.Used[u.kind], u.factor)
			longest = max(longest, len(l.X))
			for _, y := range l.Y {
				highest = max(highest, y)
			}
			lines = append(lines, l)
		}
		// Nothing but zeros is a server without a store, or a system that does not
		// tell.
		if longest < fewestReadings || highest == 0 {
			continue
		}
		axes := timeAxes(g, u.title+", one reading a second")
		alt := fmt.Sprintf("%s over time: %s, one reading a second, medians over trials with intervals, for %s", g.Scenario.Spec.Name, u.title, altNames(g))
		figures = append(figures, p.Picture(g.Key+"-"+u.file, alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) }))
	}
	return figures
}

// heatPlots draws a heat map of the latency of every variant that ran for two
// seconds or more.
func heatPlots(p *page.Page, g *measured.Group) (figures []string) {
	unit := format.ScaleOf("p50-sec", g.Scenario.Estimates("p50-sec"))
	word := words.Latency(g.Open())
	for k, v := range g.Variants {
		h := v.Time.HeatMap(unit.Factor)
		if h == nil || len(h.Counts) < 2 {
			continue
		}
		title := fmt.Sprintf("%s: %s, %s", v.Variant, word, unit.Unit)
		alt := fmt.Sprintf("%s: heat map of %s over time for %s.", g.Scenario.Spec.Name, word, v.Variant)
		// Each heat map is one variant's, because colour stands for the number of
		// requests and cannot also stand for the variant.
		heat := plot.Heat{Start: h.Start, Step: h.Step, Edges: h.Edges, Counts: h.Counts, Shade: float64(v.Time.Warmup)}
		figures = append(figures, p.Picture(g.Key+"-heat-"+strconv.Itoa(k+1), alt, func(w io.Writer, t plot.Theme) error { return plot.HeatMap(w, t, title, heat) }))
	}
	return figures
}

// bandBySecond is the line of a variant with one point per second: the median over
// trials times a factor, with its interval as a band.
func bandBySecond(v *measured.Variant, bySecond map[int][]float64, factor float64) plot.Line {
	l := plot.Line{Name: v.Variant, Slot: v.Slot}
	for _, at := range slices.Sorted(maps.Keys(bySecond)) {
		e := stats.Median(bySecond[at])
		l.X = append(l.X, float64(at))
		l.Y = append(l.Y, e.Center*factor)
		l.Low = append(l.Low, e.Low*factor)
		l.High = append(l.High, e.High*factor)
	}
	return l
}

// mediansBySecond are the seconds, and the medians over trials times a factor.
func mediansBySecond(bySecond map[int][]float64, factor float64) (x, y []float64) {
	for _, at := range slices.Sorted(maps.Keys(bySecond)) {
		x = append(x, float64(at))
		y = append(y, stats.Median(bySecond[at]).Center*factor)
	}
	return x, y
}
