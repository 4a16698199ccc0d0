package report

import (
	"io"
	"math"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// mainPlot writes the figure below the findings: all judged effects, or, where
// there are fewer than two, the scenario of the strongest finding. On a page that
// has nothing but searches it is the goodput of the first.
func (r *report) mainPlot() {
	// A forest with a single effect shows nothing that its sentence does not say.
	if effects := r.effects(); len(effects) >= 2 {
		alt := "Primary effects against the first variant, as ratios with intervals; the findings above give the numbers."
		r.Line("%s\n", r.Picture("effects", alt, func(w io.Writer, t plot.Theme) error {
			return plot.Forest(w, t, "effects against the first variant", effects)
		}))
		return
	}
	if s := r.strongest(); s != nil {
		r.Line("%s\n\n*%s, the scenario of the strongest finding.*\n", section.HeadlinePlot(r.Page, s.Groups[0]), s.Spec.Name)
		return
	}
	if len(r.Scenarios) == 0 && len(r.Searches) > 0 {
		r.Line("%s\n", section.GoodputPlot(r.Page, r.Searches[0]))
	}
}

// effects are the judged primary effects that are ratios.
func (r *report) effects() (effects []plot.Effect) {
	for _, s := range r.Scenarios {
		for i := range s.Rows {
			row := &s.Rows[i]
			_, v := s.MeasuredBy(row)
			if !judged(row) || row.Difference || math.IsNaN(row.Effect.Center) || v == nil {
				continue
			}
			// A group of the forest is a load with its matrix cell and one metric, so
			// that the effects that stand together have the same meaning.
			load := strings.TrimSuffix(s.Spec.Name+" "+strings.TrimPrefix(v.Label(), v.Variant), " ")
			if row.Target != "" {
				load += " " + row.Target
			}
			group := load + ": " + words.Metric(row.Unit)
			effects = append(effects, plot.Effect{Group: group, Label: v.Variant, Slot: v.Slot, Ratio: page.Interval(row.Effect)})
		}
	}
	return effects
}

// strongest is the scenario of the strongest judged effect, nil if none is judged.
func (r *report) strongest() (best *measured.Scenario) {
	highest := -1.0
	for _, s := range r.Scenarios {
		for i := range s.Rows {
			if row := &s.Rows[i]; judged(row) && strength(row) > highest {
				best, highest = s, strength(row)
			}
		}
	}
	return best
}
