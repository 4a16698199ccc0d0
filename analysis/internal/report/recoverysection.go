package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// recovery writes how long after a spike each variant was back within its
// objectives, and draws it.
func (p *page) recovery(s *study, i int) error {
	g := s.groups[i]
	if g.cells[0].recovery == nil {
		return nil
	}
	r := g.cells[0].recovery
	var promises []string
	for _, o := range r.promises {
		promises = append(promises, "`"+o.text+"`")
	}
	p.line("**After the spike** of %s/s, which ends at second %s of the attack, the load goes on for %s. Back means: the first of %d seconds in a row in which the requests meant to start then do not break %s beyond chance (one-sided binomial test, p < %v).\n",
		count(int(r.rate)), scale{1, ""}.value(r.end.Seconds()), seconds(r.after), backFor, list(promises), breakLevel)
	t := table.Table{Head: []string{"variant", "back after, s", "trials not back", "against `" + g.cells[0].Variant + "`, s"}}
	missing := false
	for k, c := range g.cells {
		never := 0
		for _, v := range c.recovery.back {
			if math.IsInf(v, 0) {
				never++
			}
		}
		against := none
		if k > 0 {
			against = c.recovery.against(g.cells[0].recovery)
		}
		missing = missing || against == none
		t.Add("`"+c.Variant+"`", c.recovery.text(), fmt.Sprintf("%d of %d", never, len(c.recovery.back)), against)
	}
	p.markdown(&t)
	note := fmt.Sprintf("Medians over trials with order-statistic intervals; differences by block, Hodges–Lehmann. Seconds are whole ones, so a difference of one second means little. ∞ or a time behind > is not back: the load ends %d s later, and to be back takes as long.", backFor)
	if missing {
		note += "<br>" + none + " nothing to compare with, or trials that were never back."
	}
	p.line("<sub>%s</sub>\n", note)
	m, err := p.withinPlot(s, i)
	p.line("<p>%s</p>\n", m)
	return err
}

// text is the recovery time with its interval.
func (r *recovery) text() string {
	e := r.times()
	switch {
	case e.N == 0:
		return none
	case math.IsInf(e.Center, 0):
		return fmt.Sprintf("> %s", scale{1, ""}.value(r.seen().Seconds()))
	}
	return scale{1, ""}.estimate(e)
}

// against is the difference to another variant, in seconds.
func (r *recovery) against(base *recovery) string {
	var d []float64
	for block, v := range r.back {
		if b, ok := base.back[block]; ok {
			d = append(d, v-b)
		}
	}
	slices.Sort(d) // the blocks come in no order
	e := stats.HodgesLehmann(d, stats.Level)
	if math.IsNaN(e.Center) {
		return none
	}
	if !e.Bounded() {
		return signed(e.Center, 1)
	}
	n := digits(e.High-e.Low, e.Center)
	return fmt.Sprintf("%s [%s, %s]", signed(e.Center, n), signed(e.Low, n), signed(e.High, n))
}

// withinPlot draws the share of requests answered well in time.
func (p *page) withinPlot(s *study, i int) (string, error) {
	g := s.groups[i]
	var lines []plot.Line
	for _, c := range g.cells {
		l := over(c.recovery.within, 100)
		l.Name, l.Slot = c.Variant, c.slot
		lines = append(lines, l)
	}
	axes := plot.Axes{Title: "requests answered well within the objective, %, by intended second", X: "seconds since the attack began", Shade: g.warmup(), Note: "warm-up", Event: g.event(), EventNote: "spike"}
	alt := fmt.Sprintf("%s: share of requests answered well within the objective, by the second in which they were meant to start, medians over trials with intervals, for %s", s.spec.Name, names(g))
	return p.picture(s.plotName(i, "within"), alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) })
}

// event is when the load has its spike, nothing if it has none.
func (g group) event() [2]float64 {
	if r := g.cells[0].recovery; r != nil {
		return [2]float64{r.start.Seconds(), r.end.Seconds()}
	}
	return [2]float64{}
}
