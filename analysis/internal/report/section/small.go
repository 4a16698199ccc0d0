package section

import (
	"fmt"
	"io"
	"math"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// mostSmall is how many variants a small plot shows: those that come first.
const mostSmall = 8

// SmallPlot draws what the first group of a scenario is judged by, for the index: of open
// load the share within the objective or, where there is no objective, the p99; of closed
// loops goodput.
func SmallPlot(p *page.Page, g *measured.Group) string {
	unit := "goodput/s"
	if g.Open() {
		unit = "p99-sec"
		if g.Has("within-slo-ratio") {
			unit = "within-slo-ratio"
		}
	}
	sc := format.ScaleOf(unit, g.Scenario.Estimates(unit))
	title := words.Metric(unit)
	if sc.Unit != "" {
		title += ", " + sc.Unit
	}
	if g.Label != "" {
		title = g.Label + ": " + title
	}
	var marks []plot.Mark
	for i, v := range g.Variants {
		if i == mostSmall {
			title += fmt.Sprintf(", %d of %d variants", mostSmall, len(g.Variants))
			break
		}
		e := v.Medians[unit]
		marks = append(marks, plot.Mark{Name: v.Variant, Slot: v.Slot, Text: sc.Center(e), Value: page.Interval(e)})
	}
	alt := fmt.Sprintf("%s. %s", title, altList(g, unit))
	return p.Small(g.Key+"-glance", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Strip(w, t, title, marks)
	})
}

// SmallCapacity draws the highest rates that held in a search, for the index.
func SmallCapacity(p *page.Page, s *measured.Search) string {
	var marks []plot.Mark
	for i, b := range s.Brackets {
		if i == mostSmall {
			break
		}
		m := plot.Mark{Name: b.Name, Slot: b.Slot, Text: "none", Value: plot.Interval{Center: math.NaN(), Low: math.NaN(), High: math.NaN()}}
		if b.Held != nil {
			m.Text = perSecond(b.Held)
			// A bracket is no interval, so the dot stands alone.
			m.Value.Center = *b.Held
		}
		marks = append(marks, m)
	}
	title := "highest rate that held, /s"
	return p.Small(s.Key+"-glance", title+". "+altRates(s), func(w io.Writer, t plot.Theme) error {
		return plot.Strip(w, t, title, marks)
	})
}
