package explore

import (
	"maps"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// detailData is what the view of a panel shows beside its heading.
type detailData struct {
	Members []memberData        `json:"members"`
	Units   map[string]unitData `json:"units"` // of the trials' figures
	Figures []figure            `json:"figures"`
	Heats   []heatData          `json:"heats"`
	Ledger  *ledgerData         `json:"ledger"`
	Trials  []trialData         `json:"trials"`
	Default string              `json:"trialUnit"` // the figure that plots of trials show at first
	Event   *[2]float64         `json:"event,omitempty"`
	Warmup  int                 `json:"warmup"` // seconds
}

// memberData is what the report says of a panel's part of one run.
type memberData struct {
	Run        int            `json:"run"`
	Units      [][]string     `json:"units"` // of the columns of every table of medians
	Medians    []block        `json:"medians"`
	Values     [][][]interval `json:"values"` // of the medians, by table, row and column, in base units
	Effects    []block        `json:"effects"`
	Details    []block        `json:"details"`
	Objectives []block        `json:"objectives"`
	Warnings   []string       `json:"warnings"`
}

// unitData is how the figures of a unit are printed.
type unitData struct {
	Label  string  `json:"label"`
	Unit   string  `json:"unit"`
	Factor float64 `json:"factor"`
	Better string  `json:"better,omitempty"`
}

// detail makes the details of a panel.
func (e *explorer) detail(p *panel) detailData {
	g := p.first()
	d := detailData{Figures: p.figures(), Heats: append([]heatData{}, p.heats()...), Ledger: p.ledger(), Default: section.TrialUnit(g), Units: map[string]unitData{}}
	for _, s := range p.series() {
		d.Warmup = max(d.Warmup, s.variant.Time.Warmup)
	}
	if r := g.Variants[0].Recovery; r != nil {
		d.Event = &[2]float64{r.Start.Seconds(), r.End.Seconds()}
	}
	for _, m := range p.members {
		d.Members = append(d.Members, memberOf(m))
	}
	d.Trials = append([]trialData{}, p.trials()...)
	for _, t := range d.Trials {
		for u := range t.Figures {
			if _, ok := d.Units[u]; !ok {
				sc := p.scale(u)
				d.Units[u] = unitData{words.Metric(u), sc.Unit, sc.Factor, better(u)}
			}
		}
	}
	return d
}

// memberOf records the report's tables of one group.
func memberOf(m member) memberData {
	g := m.group
	record := func(write func(*page.Page, *measured.Group)) []block {
		return blocksOf(page.Record(func(out *page.Page) { write(out, g) }))
	}
	d := memberData{
		Run: m.run, Units: section.MedianUnits(g), Warnings: section.Warnings(g.Scenario),
		Medians: record(section.WriteMedians), Effects: record(section.WriteEffects), Details: record(section.WriteDetails),
		Objectives: blocksOf(page.Record(func(out *page.Page) { section.WriteObjectives(out, g.Scenario) })),
	}
	for _, units := range d.Units {
		var rows [][]interval
		for _, v := range g.Variants {
			var row []interval
			for _, u := range units {
				row = append(row, intervalOf(v.Medians[u]))
			}
			rows = append(rows, row)
		}
		d.Values = append(d.Values, rows)
	}
	return d
}

// block is a recorded piece of the report for JSON.
type block struct {
	Title string     `json:"title,omitempty"`
	Text  string     `json:"text,omitempty"`
	Item  bool       `json:"item,omitempty"`
	Note  []string   `json:"note,omitempty"`
	Head  []string   `json:"head,omitempty"` // of a table
	Left  []int      `json:"left,omitempty"` // columns of texts; others have numbers
	Rows  [][]string `json:"rows,omitempty"`
	Fold  string     `json:"fold,omitempty"`
	In    []block    `json:"in,omitempty"`
}

// blocksOf turns recorded pieces into JSON's form.
func blocksOf(recorded []page.Block) (all []block) {
	for _, b := range recorded {
		x := block{Title: b.Title, Text: b.Text, Item: b.Item, Note: b.Note, Fold: b.Fold, In: blocksOf(b.Blocks)}
		if b.Table != nil {
			x.Head, x.Rows, x.Left = b.Table.Head, b.Table.Rows, slices.Sorted(maps.Keys(b.Table.Left))
		}
		all = append(all, x)
	}
	return all
}
