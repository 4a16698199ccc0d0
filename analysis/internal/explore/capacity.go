package explore

import (
	"fmt"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/stats"
)

// search describes what a search found: its curves, and its section of the report.
func (e *explorer) search(s *measured.Search) searchData {
	blocks := page.Record(func(out *page.Page) { section.WriteSearch(out, s) })
	d := searchData{Key: s.Key, Title: s.Spec.Name, Blocks: blocksOf(blocks)}
	if e.runOf(s.Run) == 1 {
		d.Title += " (" + runNames[1] + ")"
	}
	for _, b := range s.Brackets {
		d.Series = append(d.Series, seriesData{Name: b.Name, Run: e.runOf(s.Run), Slot: b.Slot})
	}
	points := fmt.Sprintf("One point is one rate: the median over its trials, and its interval, or the lowest and the highest below %d trials.", stats.FewestValues)
	latency := overRate(s, "capacity-latency", "p99 response time by offered rate", "p99-sec")
	latency.Caption = points + " A ring: a trial at this rate was saturated, so its latencies grow with the length of the trial. Rates whose p99 falls among time-outs have no point."
	for _, o := range s.Spec.Objectives {
		if o.Metric == "p99" && o.Target == "" {
			latency.Limit = number(o.Threshold)
			latency.Caption += " Dashed: the objective " + o.Text + "."
		}
	}
	goodput := overRate(s, "capacity-goodput", "Goodput by offered rate", "goodput/s")
	goodput.Zero, goodput.Equal = true, true
	goodput.Caption = points + " Dashed: all that was offered."
	for _, f := range []figure{latency, goodput} {
		if len(f.Lines) > 0 {
			d.Figures = append(d.Figures, f)
		}
	}
	return d
}

// runOf is the number of a run among those of the page.
func (e *explorer) runOf(run *load.Run) int {
	for i, r := range e.Runs {
		if r == run {
			return i
		}
	}
	return 0
}

// overRate is a figure over the offered rate. A metric among time-outs has no point.
func overRate(s *measured.Search, id, title, unit string) figure {
	f := figure{ID: id, Kind: byRate, Title: title, Y: title}
	var all []float64
	for i, b := range s.Brackets {
		l := line{Series: i}
		for _, r := range b.Rates {
			if sum := r.Summary(unit); sum.N > 0 {
				l.add(r.Rate, sum)
				l.Open = append(l.Open, r.Saturated() > 0)
				all = append(all, sum.Center)
			}
		}
		f.add(l)
	}
	sc := format.ScaleOf(unit, all)
	f.Unit, f.Factor = sc.Unit, sc.Factor
	return f
}
