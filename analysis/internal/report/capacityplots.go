package report

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/plot"
)

// capacityPlots draws latency and goodput over the offered rate.
func (p *page) capacityPlots(c *capacity) error {
	latency, err := p.capacityLatency(c)
	if err != nil {
		return err
	}
	goodput, err := p.capacityGoodput(c)
	if err != nil {
		return err
	}
	p.line("<p>%s\n%s</p>\n", latency, goodput)
	p.line("<sub>One point per rate: the median over its trials; bars are its interval, or below %d trials the lowest and the highest. "+
		"A ring: a trial at this rate was saturated, so its latencies grow with the length of the trial; a server that refuses what is too much keeps to the schedule and has none. Rates whose p99 falls among time-outs have no point.</sub>\n", fewestBlocks)
	return nil
}

// capacityMainPlot is the plot below the findings of a page that has nothing but
// searches.
func (p *page) capacityMainPlot() error {
	if len(p.studies) > 0 || len(p.capacities) == 0 {
		return nil
	}
	markup, err := p.capacityGoodput(p.capacities[0])
	if err != nil {
		return err
	}
	p.line("%s\n", markup)
	return nil
}

func (p *page) capacityLatency(c *capacity) (string, error) {
	var all []float64
	for _, s := range c.searches {
		for _, r := range s.rates {
			all = append(all, r.summary("p99-sec").Center)
		}
	}
	sc := scaleOf("p99-sec", all)
	sweep := plot.Sweep{Title: "p99 response time, " + sc.unit, Setting: "offered rate, per second"}
	for _, o := range c.spec.Objectives {
		if o.Metric == "p99" {
			sweep.Limit = o.Threshold * sc.factor
			sweep.Title += "; dashed: objective"
		}
	}
	alt := fmt.Sprintf("%s: p99 response time against the offered rate. Highest rates that held: %s", c.spec.Name, c.altList())
	return p.picture(c.key+"-capacity-latency", alt, func(w io.Writer, t plot.Theme) error {
		return plot.SweepOf(w, t, sweep, c.responses("p99-sec", sc))
	})
}

func (p *page) capacityGoodput(c *capacity) (string, error) {
	sweep := plot.Sweep{Title: "goodput, per second; dashed: all that was offered", Setting: "offered rate, per second", Equal: true}
	alt := fmt.Sprintf("%s: goodput against the offered rate. Highest rates that held: %s", c.spec.Name, c.altList())
	return p.picture(c.key+"-capacity-goodput", alt, func(w io.Writer, t plot.Theme) error {
		return plot.SweepOf(w, t, sweep, c.responses("goodput/s", scale{1, ""}))
	})
}

func (c *capacity) responses(unit string, sc scale) []plot.Response {
	var responses []plot.Response
	for _, s := range c.searches {
		line := plot.Response{Name: s.name, Slot: s.slot}
		for _, r := range s.rates {
			e := r.summary(unit)
			if e.N == 0 {
				continue
			}
			y := plot.Interval{Center: e.Center * sc.factor, Low: e.Low * sc.factor, High: e.High * sc.factor}
			line.Points = append(line.Points, plot.Point{X: r.rate, Y: y, Hollow: r.saturated() > 0})
		}
		responses = append(responses, line)
	}
	return responses
}

// altList says what a plot shows, for those who do not see it.
func (c *capacity) altList() string {
	var items []string
	for _, s := range c.searches {
		held := "none"
		if s.Held != nil {
			held = perSecond(s.Held) + "/s"
		}
		items = append(items, s.name+" "+held)
	}
	return list(items) + "."
}
