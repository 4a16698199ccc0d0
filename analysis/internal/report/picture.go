package report

import (
	"bytes"
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// picture draws one figure in both themes and returns the markup that chooses
// between them. The width makes two stand side by side on a desktop and one
// below the other on a phone.
func (p *page) picture(name, alt string, draw func(io.Writer, plot.Theme) error) (string, error) {
	for _, theme := range []plot.Theme{plot.Light(), plot.Dark()} {
		var b bytes.Buffer
		if err := draw(&b, theme); err != nil {
			return "", fmt.Errorf("plot %s: %w", name, err)
		}
		p.pictures[name+"-"+theme.Name+".svg"] = b.Bytes()
	}
	base := p.links.plots + "/" + name
	return fmt.Sprintf(`<picture><source media="(prefers-color-scheme: dark)" srcset="%s-dark.svg"><img src="%s-light.svg" width="410" alt="%s"></picture>`, base, base, alt), nil
}

// plots writes the two figures of a group side by side.
func (p *page) plots(s *study, i int) error {
	latency, err := p.latencyPlot(s, i)
	if err != nil {
		return err
	}
	rates, err := p.ratePlot(s, i)
	if err != nil {
		return err
	}
	p.line("<p>%s\n%s</p>\n", latency, rates)
	return nil
}

func (s *study) plotName(i int, kind string) string {
	if len(s.groups) > 1 {
		return fmt.Sprintf("%s-%d-%s", s.key, i+1, kind)
	}
	return s.key + "-" + kind
}

func (p *page) latencyPlot(s *study, i int) (string, error) {
	g := s.groups[i]
	var all []float64
	for _, c := range g.cells {
		for _, e := range c.curves {
			all = append(all, e.Center)
		}
	}
	unit := scaleOf("p50-sec", all)
	var lines []plot.Curve
	for _, c := range g.cells {
		l := plot.Curve{Name: c.Variant, Slot: c.slot, Shares: shares[:len(c.curves)]}
		for _, e := range c.curves {
			l.Values = append(l.Values, e.Center*unit.factor)
			l.Low = append(l.Low, e.Low*unit.factor)
			l.High = append(l.High, e.High*unit.factor)
		}
		lines = append(lines, l)
	}
	open := g.cells[0].open()
	alt := fmt.Sprintf("%s: %s by percentile, median over trials with interval. At p99: %s", s.spec.Name, latencyWord(open), s.altList(g, "p99-sec"))
	return p.picture(s.plotName(i, "latency"), alt, func(w io.Writer, t plot.Theme) error {
		return plot.Percentiles(w, t, latencyWord(open)+" of successful requests", unit.unit, lines)
	})
}

func (p *page) ratePlot(s *study, i int) (string, error) {
	g := s.groups[i]
	var rates []plot.Rate
	for _, c := range g.cells {
		rates = append(rates, plot.Rate{Name: c.Variant, Slot: c.slot, Throughput: drawn(c.medians["req/s"]), Goodput: drawn(c.medians["goodput/s"])})
	}
	alt := fmt.Sprintf("%s: answers per second with intervals. Goodput: %s", s.spec.Name, s.altList(g, "goodput/s"))
	return p.picture(s.plotName(i, "rates"), alt, func(w io.Writer, t plot.Theme) error {
		return plot.Rates(w, t, rates)
	})
}

func drawn(e stats.Estimate) plot.Interval {
	return plot.Interval{Center: e.Center, Low: e.Low, High: e.High}
}

// altList says what a plot shows, for those who do not see it.
func (s *study) altList(g group, unit string) string {
	sc := scaleOf(unit, s.estimates(unit))
	var items []string
	for _, c := range g.cells {
		v := sc.center(c.medians[unit])
		if v != none {
			v += " " + sc.unit
		}
		items = append(items, c.Variant+" "+v)
	}
	return list(items) + "."
}

// judged reports whether a row may stand among the findings.
func (s *study) judged(r *effect.Row) bool {
	return r.Family != "" && r.Verdict != "" && r.Verdict != effect.NotJudged
}

// mainPlot shows all judged effects; where there is but one, the scenario of the
// strongest.
func (p *page) mainPlot() error {
	if done, err := p.forestPlot(); done || err != nil {
		return err
	}
	best, strongest := -1, -1.0
	for i, s := range p.studies {
		for j := range s.rows {
			r := &s.rows[j]
			if !s.judged(r) {
				continue
			}
			if v := strength(r); v > strongest {
				best, strongest = i, v
			}
		}
	}
	if best < 0 {
		return p.capacityMainPlot()
	}
	markup, err := p.ratePlot(p.studies[best], 0)
	if p.studies[best].groups[0].cells[0].open() {
		markup, err = p.latencyPlot(p.studies[best], 0)
	}
	if err != nil {
		return err
	}
	p.line("%s\n\n*%s, the scenario of the strongest finding.*\n", markup, p.studies[best].spec.Name)
	return nil
}
