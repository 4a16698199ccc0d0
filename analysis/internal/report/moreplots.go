package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// morePlots writes the folded plots of a group.
func (p *page) morePlots(s *study, i int) error {
	var markup []string
	drawings := []func(*study, int) (string, error){p.timePlot, p.ledgerPlot}
	if !s.story(i) {
		drawings = append(drawings, p.goroutinePlot, p.memoryPlot, p.connectionPlot)
	}
	for _, draw := range append(drawings, p.orderPlot, p.ecdfPlot) {
		m, err := draw(s, i)
		if err != nil {
			return err
		}
		if m != "" {
			markup = append(markup, m)
		}
	}
	heat, err := p.heatPlots(s, i)
	if err != nil {
		return err
	}
	p.fold("More plots", func() {
		p.line("<p>")
		for _, m := range append(markup, heat...) {
			p.line("%s", m)
		}
		p.line("</p>\n")
	})
	return nil
}

// warmup is how far the shade of a plot over time reaches.
func (g group) warmup() float64 {
	longest := 0
	for _, c := range g.cells {
		longest = max(longest, c.time.warmup)
	}
	return float64(longest)
}

func (p *page) timePlot(s *study, i int) (string, error) {
	g := s.groups[i]
	var all []float64
	for _, c := range g.cells {
		_, y := medians(c.time.p50, 1)
		all = append(all, y...)
	}
	if len(all) < 2*len(g.cells) {
		return "", nil // no second second: nothing happens over time
	}
	unit := scaleOf("p50-sec", all)
	var lines []plot.Line
	for _, c := range g.cells {
		l := plot.Line{Name: c.Variant, Slot: c.slot}
		l.X, l.Y = medians(c.time.p50, unit.factor)
		_, l.Upper = medians(c.time.p99, unit.factor)
		lines = append(lines, l)
	}
	axes := plot.Axes{
		Title: fmt.Sprintf("%s by second, %s: — median   - - p99", latencyWord(g.cells[0].open()), unit.unit),
		X:     "seconds since the attack began", Shade: g.warmup(), Note: "warm-up", Event: g.event(), EventNote: "spike",
	}
	alt := fmt.Sprintf("%s: median and p99 of every second of the attack, medians over trials, for %s", s.spec.Name, names(g))
	return p.picture(s.plotName(i, "time"), alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) })
}

func names(g group) string {
	var n []string
	for _, c := range g.cells {
		n = append(n, c.Variant)
	}
	return list(n) + "."
}

func (p *page) samplesOf(g group, unit string, sc scale) []plot.Sample {
	var samples []plot.Sample
	for _, c := range g.cells {
		x := plot.Sample{Name: c.Variant, Slot: c.slot}
		for _, t := range c.Trials {
			if v, ok := t.Figures[unit]; ok {
				x.X = append(x.X, float64(t.Order))
				x.Values = append(x.Values, v*sc.factor)
			}
		}
		samples = append(samples, x)
	}
	return samples
}

// trialUnit is the figure that plots of single trials show.
func (g group) trialUnit() string {
	if g.cells[0].open() {
		return "p99-sec"
	}
	return "goodput/s"
}

func (p *page) orderPlot(s *study, i int) (string, error) {
	g := s.groups[i]
	unit := g.trialUnit()
	sc := scaleOf(unit, s.estimates(unit))
	samples := p.samplesOf(g, unit, sc)
	title := fmt.Sprintf("%s of every trial, %s", words(unit), sc.unit)
	alt := fmt.Sprintf("%s: %s of every trial in the order of the run, for %s", s.spec.Name, words(unit), names(g))
	return p.picture(s.plotName(i, "order"), alt, func(w io.Writer, t plot.Theme) error { return plot.RunOrder(w, t, title, samples) })
}

func (p *page) ecdfPlot(s *study, i int) (string, error) {
	g := s.groups[i]
	unit := g.trialUnit()
	sc := scaleOf(unit, s.estimates(unit))
	samples := p.samplesOf(g, unit, sc)
	title := fmt.Sprintf("share of trials with a %s up to …", words(unit))
	alt := fmt.Sprintf("%s: distribution of %s over trials, for %s", s.spec.Name, words(unit), names(g))
	return p.picture(s.plotName(i, "ecdf"), alt, func(w io.Writer, t plot.Theme) error {
		return plot.ECDF(w, t, title, words(unit)+", "+sc.unit, samples)
	})
}

// stackParts are the segments of a ledger bar. What of the service no phase of
// the server covers is network, kernel and HTTP.
var stackParts = []string{"lag", "conn-wait", "queue", "store"}

// ledgerPlot stacks the parts' own quantiles, beside the quantile of the whole.
func (p *page) ledgerPlot(s *study, i int) (string, error) {
	g := s.groups[i]
	quantiles := []struct {
		name string
		of   func(ledger) stats.Estimate
		unit string
	}{
		{"p50", func(l ledger) stats.Estimate { return l.p50 }, "p50-sec"},
		{"p99", func(l ledger) stats.Estimate { return l.p99 }, "p99-sec"},
		{"p99.9", func(l ledger) stats.Estimate { return l.p999 }, "p99.9-sec"},
	}
	sc := scaleOf("p99-sec", s.estimates("p99-sec"))
	var bars []plot.Bar
	for _, c := range g.cells {
		service, ok := c.parts["service"]
		if !ok {
			return "", nil
		}
		for _, q := range quantiles {
			bar := plot.Bar{Name: c.Variant + " " + q.name, Whole: c.medians[q.unit].Center * sc.factor}
			rest := q.of(service).Center
			for _, part := range stackParts {
				v := 0.0
				if l, ok := c.parts[part]; ok {
					v = q.of(l).Center
				}
				if part == "queue" || part == "store" {
					v = min(v, max(rest, 0))
					rest -= v
				}
				bar.Segments = append(bar.Segments, v*sc.factor)
			}
			bar.Segments = append(bar.Segments, max(rest, 0)*sc.factor)
			bars = append(bars, bar)
		}
	}
	title := fmt.Sprintf("where the time goes, %s; bar: the parts' own quantiles, line: the whole's", sc.unit)
	alt := fmt.Sprintf("%s: parts of a successful request at p50, p99 and p99.9, for %s", s.spec.Name, names(g))
	parts := []string{"generator", "connection", "queue", "store", "rest of service"}
	return p.picture(s.plotName(i, "ledger"), alt, func(w io.Writer, t plot.Theme) error { return plot.Ledger(w, t, title, parts, bars) })
}

func (p *page) heatPlots(s *study, i int) (markup []string, err error) {
	g := s.groups[i]
	unit := scaleOf("p50-sec", s.estimates("p50-sec"))
	for k, c := range g.cells {
		h := c.time.heatMap(unit)
		if h == nil || len(h.Counts) < 2 {
			continue
		}
		title := fmt.Sprintf("%s: %s, %s", c.Variant, latencyWord(c.open()), unit.unit)
		alt := fmt.Sprintf("%s: heat map of %s over time for %s.", s.spec.Name, latencyWord(c.open()), c.Variant)
		m, err := p.picture(s.plotName(i, "heat-"+strconv.Itoa(k+1)), alt, func(w io.Writer, t plot.Theme) error { return plot.HeatMap(w, t, title, *h) })
		if err != nil {
			return nil, err
		}
		markup = append(markup, m)
	}
	return markup, nil
}

// matrixPlots draws goodput over every matrix key with numbers.
func (p *page) matrixPlots(s *study) error {
	for _, key := range s.spec.Matrix {
		byVariant := map[string]*plot.Response{}
		var order []string
		settings := map[float64]bool{}
		for _, g := range s.groups {
			for _, c := range g.cells {
				x, err := strconv.ParseFloat(c.Matrix[key], 64)
				if err != nil || len(c.Matrix) > 1 {
					continue
				}
				r := byVariant[c.Variant]
				if r == nil {
					r = &plot.Response{Name: c.Variant, Slot: c.slot}
					byVariant[c.Variant] = r
					order = append(order, c.Variant)
				}
				settings[x] = true
				r.Points = append(r.Points, plot.Point{X: x, Y: drawn(c.medians["goodput/s"])})
			}
		}
		if len(settings) < 2 {
			continue
		}
		var responses []plot.Response
		for _, v := range order {
			responses = append(responses, *byVariant[v])
		}
		alt := fmt.Sprintf("%s: goodput over %s, with intervals.", s.spec.Name, key)
		m, err := p.picture(s.key+"-by-"+key, alt, func(w io.Writer, t plot.Theme) error {
			return plot.Against(w, t, "goodput, per second", key, responses)
		})
		if err != nil {
			return err
		}
		p.line("%s\n", m)
	}
	return nil
}

// forestPlot shows the judged primary effects that are ratios.
func (p *page) forestPlot() (bool, error) {
	var effects []plot.Effect
	for _, s := range p.studies {
		for i := range s.rows {
			r := &s.rows[i]
			if !s.judged(r) || r.Difference || math.IsNaN(r.Effect.Center) {
				continue
			}
			for _, g := range s.groups {
				for _, c := range g.cells {
					if c.name == r.Name && c.Variant == r.Head.Label {
						group := strings.TrimSuffix(s.spec.Name+" "+strings.TrimPrefix(c.Label(), c.Variant), " ") + ": " + words(r.Unit)
						effects = append(effects, plot.Effect{Group: group, Label: c.Variant, Slot: c.slot, Ratio: drawn(r.Effect)})
					}
				}
			}
		}
	}
	if len(effects) < 2 {
		return false, nil
	}
	m, err := p.picture("effects", "Primary effects against the first variant, as ratios with intervals; the findings above give the numbers.", func(w io.Writer, t plot.Theme) error {
		return plot.Forest(w, t, "effects against the first variant", effects)
	})
	if err != nil {
		return false, err
	}
	p.line("%s\n", m)
	return true, nil
}
