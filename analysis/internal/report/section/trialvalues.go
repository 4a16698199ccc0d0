package section

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// trialUnits are the columns of the table of single trials.
var trialUnits = []string{"goodput/s", "req/s", "p50-sec", "p99-sec", "within-slo-ratio", "reject-ratio", "error-ratio"}

// trialValues lists what every trial gave, so that a reader can see what the
// medians hide.
func trialValues(p *page.Page, g *measured.Group) {
	units := slices.DeleteFunc(slices.Clone(trialUnits), func(u string) bool { return !g.Has(u) })
	t := table.Table{Head: []string{"block", "order", "variant"}, Left: map[int]bool{2: true}}
	scales := map[string]format.Scale{}
	for _, u := range units {
		scales[u] = format.ScaleOf(u, g.Scenario.Estimates(u))
		t.Head = append(t.Head, labelled(u, scales[u]))
	}
	missing := false
	for _, trial := range trialsInOrder(g) {
		row := []string{fmt.Sprint(trial.Block), fmt.Sprint(trial.Order), "`" + trial.Variant + "`"}
		for _, u := range units {
			text := format.None
			if v, ok := trial.Figures[u]; ok {
				text = scales[u].Value(v)
			}
			missing = missing || text == format.None
			row = append(row, text)
		}
		t.Add(row...)
	}
	p.Table(&t)
	if missing {
		p.Line("<sub>%s not measured, or no such value in this trial.</sub>\n", format.None)
	}
}

// trialsInOrder are the trials of a group by block and then in the order drawn for the
// block, as they were run.
func trialsInOrder(g *measured.Group) (all []load.Trial) {
	for _, v := range g.Variants {
		all = append(all, v.Trials...)
	}
	slices.SortStableFunc(all, func(a, b load.Trial) int {
		return cmp.Or(a.Block-b.Block, a.Order-b.Order)
	})
	return all
}
