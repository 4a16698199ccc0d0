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
	Members []memberData        `json:"members"`   // one for each run that has the panel
	Units   map[string]unitData `json:"units"`     // of the trials' figures
	Figures []figure            `json:"figures"`   // in the order in which they stand
	Heats   []heatData          `json:"heats"`     // of series of two seconds or more
	Ledger  *ledgerData         `json:"ledger"`    // null: no series recorded the parts
	Trials  []trialData         `json:"trials"`    // in the order of each run
	Default string              `json:"trialUnit"` // the figure that plots of trials show at first
	// Event is the start and the end of the load's spike, in seconds since the attack
	// began. It is absent if there is none.
	Event  *[2]float64 `json:"event,omitempty"`
	Warmup int         `json:"warmup"` // seconds
}

// memberData is what the report says of a panel's part of one run.
type memberData struct {
	Run   int        `json:"run"`   // 0 for the first, 1 for the second
	Units [][]string `json:"units"` // of the columns of every table of medians
	// Medians, Effects, Details and Objectives are parts of the report's page on the
	// scenario.
	Medians    []block        `json:"medians"`
	Values     [][][]interval `json:"values"` // of the medians, by table, row and column, in base units
	Effects    []block        `json:"effects"`
	Details    []block        `json:"details"`
	Objectives []block        `json:"objectives"`
	Warnings   []string       `json:"warnings"` // sentences, Markdown
}

// unitData is how the figures of a unit are printed.
type unitData struct {
	// Label is the name of the metric in words. Unit is what stands behind a number, and
	// Factor turns a value in base units into that number. Better is "lower" or
	// "higher".
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
	// Title is that of a heading. Text is a paragraph or, with Item, an item of a list.
	// Note has the lines of small print. All are Markdown, as in [page.Block].
	Title string   `json:"title,omitempty"`
	Text  string   `json:"text,omitempty"`
	Item  bool     `json:"item,omitempty"`
	Note  []string `json:"note,omitempty"`
	Head  []string `json:"head,omitempty"` // of a table
	Left  []int    `json:"left,omitempty"` // columns of texts; others have numbers
	// Rows are the cells of the table. Fold is the summary of a fold, and In has its
	// blocks.
	Rows [][]string `json:"rows,omitempty"`
	Fold string     `json:"fold,omitempty"`
	In   []block    `json:"in,omitempty"`
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
