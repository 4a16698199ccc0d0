package explore

import (
	"math"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// effectData is one comparison: a row of the forest plot, with the address of the curves
// that it is about.
type effectData struct {
	// Panel and Series are indices, the latter among the curves of the panel.
	Panel  int `json:"panel"`
	Series int `json:"series"` // of the head
	// Across says that the second run is compared with the first, and not variants of
	// one run. Unit is the metric's name in files, and Metric its name in words. Target
	// is empty for a stream as a whole. Base and Head are the names of what is compared.
	Across bool   `json:"across,omitempty"`
	Unit   string `json:"unit"`
	Metric string `json:"metric"`
	Target string `json:"target,omitempty"`
	Base   string `json:"base"`
	Head   string `json:"head"`

	// Primary says that a verdict rests on the row.
	Primary    bool `json:"primary,omitempty"`
	Difference bool `json:"difference,omitempty"` // of shares; else the effect is a ratio
	// Effect is head over base, or the difference. Text is Effect as it is printed, and
	// Verdict is as in package effect. P is adjusted for all rows of the family, or
	// null.
	Effect  interval `json:"effect"`
	Text    string   `json:"text"`
	Verdict string   `json:"verdict"`
	P       number   `json:"p"`
	Notes   []string `json:"notes,omitempty"`
}

// effects are all comparisons: within every run against its first variant, and then of
// the second run with the first.
func (e *explorer) effects() []effectData {
	all := []effectData{}
	for _, s := range e.Scenarios {
		for i := range s.Rows {
			r := &s.Rows[i]
			g, v := s.MeasuredBy(r)
			for k, p := range e.panels {
				for j, x := range p.series() {
					if v != nil && x.variant == v && x.group == g && shown(r) {
						all = append(all, effectOf(r, k, j, r.Base.Label, r.Head.Label))
					}
				}
			}
		}
	}
	heads := e.heads()
	for i := range e.across {
		r := &e.across[i]
		if at, ok := heads[r.Name]; ok && shown(r) {
			name := e.panels[at[0]].series()[at[1]].variant.Variant
			d := effectOf(r, at[0], at[1], name+" ("+runNames[0]+")", name+" ("+runNames[1]+")")
			d.Across = true
			all = append(all, d)
		}
	}
	return all
}

// shown reports whether a comparison has two sides.
func shown(r *effect.Row) bool { return r.Verdict != "" }

// heads are the panel and the series in which the second run measured what a name of
// the benchmark format stands for.
func (e *explorer) heads() map[string][2]int {
	heads := map[string][2]int{}
	for k, p := range e.panels {
		for j, s := range p.series() {
			if s.run != 1 {
				continue
			}
			heads[s.variant.Trials[0].Name()] = [2]int{k, j}
			for _, t := range s.variant.Targets {
				heads[t.Trials[0].Name()] = [2]int{k, j}
			}
		}
	}
	return heads
}

// effectOf describes one comparison.
func effectOf(r *effect.Row, panel, series int, base, head string) effectData {
	return effectData{
		Panel: panel, Series: series, Unit: r.Unit, Metric: words.Metric(r.Unit), Target: r.Target,
		Base: base, Head: head,
		Primary: r.Family == compare.FamilyHTTP, Difference: r.Difference,
		Effect: effectInterval(r), Text: effectText(r), Verdict: r.Verdict,
		P: number(r.PAdjusted), Notes: r.Notes,
	}
}

// effectText is an effect as the report prints it, without the sign of its verdict: the
// page has the verdict in a column of its own. The marks of a row that is not judged
// stay.
func effectText(r *effect.Row) string {
	switch {
	case r.Verdict == effect.NotJudged:
		return format.Effect(r, map[string]bool{})
	case r.Difference:
		return format.Points(r.Effect)
	}
	return format.Ratio(r.Effect)
}

// effectInterval is the effect of a row. A comparison by rank alone has none.
func effectInterval(r *effect.Row) interval {
	if math.IsNaN(r.Effect.Center) {
		nan := number(math.NaN())
		return interval{nan, nan, nan, 0}
	}
	return intervalOf(r.Effect)
}
