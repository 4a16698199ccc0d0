package section

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// capacityPlots draws latency and goodput over the offered rate.
func capacityPlots(p *page.Page, s *measured.Search) {
	// Both figures have the same rates on their horizontal axes and stand side by side:
	// the rate at which goodput bends is the rate at which latency rises.
	latency, goodput := capacityLatency(p, s), GoodputPlot(p, s)
	p.Line("<p>%s\n%s</p>\n", latency, goodput)
	p.Line("<sub>One point per rate: the median over its trials; bars are its interval, or below %d trials the lowest and the highest. "+
		"A ring: a trial at this rate was saturated, so its latencies grow with the length of the trial; a server that refuses what is too much keeps to the schedule and has none. Rates whose p99 falls among time-outs have no point.</sub>\n", stats.FewestValues)
}

// capacityLatency draws the p99 over the offered rate, with the objective.
func capacityLatency(p *page.Page, s *measured.Search) string {
	// The unit is chosen from all points of all variants, because they share one axis.
	var all []float64
	for _, b := range s.Brackets {
		for _, r := range b.Rates {
			all = append(all, r.Summary("p99-sec").Center)
		}
	}
	sc := format.ScaleOf("p99-sec", all)
	sweep := plot.Sweep{Title: "p99 response time, " + sc.Unit, Setting: "offered rate, per second"}
	for _, o := range s.Spec.Objectives {
		// Only an objective on the plotted quantile is a line that the points can
		// cross. Its threshold is in seconds, as the values are before they are scaled.
		if o.Metric == "p99" && o.Target == "" {
			sweep.Limit = o.Threshold * sc.Factor
			sweep.Title += "; dashed: objective"
		}
	}
	alt := fmt.Sprintf("%s: p99 response time against the offered rate. Highest rates that held: %s", s.Spec.Name, altRates(s))
	return p.Picture(s.Key+"-capacity-latency", alt, func(w io.Writer, t plot.Theme) error {
		return plot.SweepOf(w, t, sweep, responsesOf(s, "p99-sec", sc.Factor))
	})
}

// GoodputPlot draws the goodput over the offered rate.
func GoodputPlot(p *page.Page, s *measured.Search) string {
	// Equal makes the dashed diagonal: a server below its limit answers all that it is
	// offered and lies on it.
	sweep := plot.Sweep{Title: "goodput, per second; dashed: all that was offered", Setting: "offered rate, per second", Equal: true}
	alt := fmt.Sprintf("%s: goodput against the offered rate. Highest rates that held: %s", s.Spec.Name, altRates(s))
	return p.Picture(s.Key+"-capacity-goodput", alt, func(w io.Writer, t plot.Theme) error {
		return plot.SweepOf(w, t, sweep, responsesOf(s, "goodput/s", 1))
	})
}

// responsesOf are the lines of a figure over the offered rate, one a variant.
func responsesOf(s *measured.Search, unit string, factor float64) []plot.Response {
	var responses []plot.Response
	for _, b := range s.Brackets {
		line := plot.Response{Name: b.Name, Slot: b.Slot}
		for _, r := range b.Rates {
			e := r.Summary(unit)
			// A quantile among time-outs has no value. A gap is honest, and a point at
			// the time-out would look measured.
			if e.N == 0 {
				continue
			}
			// A rate that was tried in few trials has no interval. Low and High are
			// then its lowest and its highest trial.
			y := plot.Interval{Center: e.Center * factor, Low: e.Low * factor, High: e.High * factor}
			line.Points = append(line.Points, plot.Point{X: r.Rate, Y: y, Hollow: r.Saturated() > 0})
		}
		responses = append(responses, line)
	}
	return responses
}

// altRates gives the highest rates that held, for those who do not see the plot.
func altRates(s *measured.Search) string {
	var items []string
	for _, b := range s.Brackets {
		held := "none"
		if b.Held != nil {
			held = perSecond(b.Held) + "/s"
		}
		items = append(items, b.Name+" "+held)
	}
	return words.List(items) + "."
}
