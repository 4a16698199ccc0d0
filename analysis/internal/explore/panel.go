package explore

import (
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/results"
)

// runNames are what two runs are called.
var runNames = [2]string{"base", "head"}

// panel is one view of the page: one load of one scenario, in every run that has it.
type panel struct {
	key             string // start of the view's addresses
	scenario, label string
	members         []member
}

// member is a panel's part of one run.
type member struct {
	run   int
	group *measured.Group
}

// series is one curve of every plot of a panel: a variant of a run.
type series struct {
	run     int
	group   *measured.Group
	variant *measured.Variant
}

// panelsOf joins the groups of all runs that have the same scenario and label.
func panelsOf(m *measured.Bundles) (panels []*panel) {
	type load struct{ scenario, label string }
	known := map[load]*panel{}
	for _, s := range m.Scenarios {
		run := 0
		for i := range m.Runs {
			if m.Runs[i] == s.Run {
				run = i
			}
		}
		for _, g := range s.Groups {
			id := load{s.Spec.Name, g.Label}
			p := known[id]
			if p == nil || p.members[len(p.members)-1].run == run {
				p = &panel{key: g.Key, scenario: s.Spec.Name, label: g.Label}
				known[id] = p
				panels = append(panels, p)
			}
			p.members = append(p.members, member{run, g})
		}
	}
	return panels
}

// series lists the curves of a panel: the variants of the first run, then those of the
// second.
func (p *panel) series() (all []series) {
	for _, m := range p.members {
		for _, v := range m.group.Variants {
			all = append(all, series{m.run, m.group, v})
		}
	}
	return all
}

// first is the group by which a panel is described.
func (p *panel) first() *measured.Group { return p.members[0].group }

// scale is the unit in which a panel prints a metric: that of its scenarios' pages, or
// of both runs together.
func (p *panel) scale(unit string) format.Scale {
	var all []float64
	for _, m := range p.members {
		all = append(all, m.group.Scenario.Estimates(unit)...)
	}
	return format.ScaleOf(unit, all)
}

// panelData is what the page knows of a panel before its view is opened.
type panelData struct {
	// Key is the start of the addresses of the view. Label names the matrix cell and the
	// stream; it is empty if the scenario has one only. Summary is the scenario's own
	// line.
	Key      string   `json:"key"`
	Scenario string   `json:"scenario"`
	Label    string   `json:"label,omitempty"`
	Summary  string   `json:"summary,omitempty"`
	Load     []string `json:"load"` // of every run: Markdown
	// Open says that the load is open. Trials and Warnings are counts, over both runs.
	Open     bool         `json:"open"`
	Trials   int          `json:"trials"`
	Warnings int          `json:"warnings"`
	Series   []seriesData `json:"series"` // the variants of each run
	// Window holds the first second of the measured window and the second after its
	// last one.
	Window [2]int `json:"window"`
}

// seriesData is one curve of a panel.
type seriesData struct {
	// Name is that of the variant or of the searched cell. Run is 0 or 1, and Slot the
	// index of the colour. AAOf names the original of an A/A copy, and Control marks the
	// positive control.
	Name    string `json:"name"`
	Run     int    `json:"run"`
	Slot    int    `json:"slot"`
	AAOf    string `json:"aa,omitempty"`
	Control bool   `json:"control,omitempty"`
}

// data describes a panel.
func (p *panel) data() panelData {
	g := p.first()
	d := panelData{Key: p.key, Scenario: p.scenario, Label: p.label, Summary: g.Scenario.Spec.Summary, Open: g.Open(), Window: p.window()}
	for _, m := range p.members {
		for _, b := range page.Record(func(out *page.Page) { section.WriteLoad(out, m.group) }) {
			d.Load = append(d.Load, b.Text)
		}
		d.Warnings += len(section.Warnings(m.group.Scenario))
	}
	for _, s := range p.series() {
		d.Series = append(d.Series, seriesData{s.variant.Variant, s.run, s.variant.Slot, s.variant.AAOf, s.variant.Control})
		d.Trials += len(s.variant.Trials)
	}
	return d
}

// window is the range of whole seconds in which requests of the measured window were
// answered ok, in some trial.
func (p *panel) window() (w [2]int) {
	first, last := -1, 0
	for _, s := range p.series() {
		for at := range s.variant.Time.OK {
			if at >= s.variant.Time.Warmup && (first < 0 || at < first) {
				first = at
			}
			last = max(last, at+1)
		}
	}
	return [2]int{max(0, first), last}
}

// better says which way of a unit is better, in the words of the benchmark format.
func better(unit string) string {
	m, _ := results.MetricByUnit(unit)
	return m.Better.String()
}
