package explore

import (
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/results"
)

// trialData is one trial of a panel.
type trialData struct {
	// Series is the index of the curve. Block and Order count from 1; Order is the place
	// in the run.
	ID       string            `json:"id"`
	Series   int               `json:"series"`
	Block    int               `json:"block"`
	Order    int               `json:"order"`
	Figures  map[string]number `json:"figures"`            // by unit, as in bench.txt
	Statuses map[string]uint64 `json:"statuses,omitempty"` // by HTTP status
	Remarks  []string          `json:"remarks,omitempty"`  // warnings, and facts that speak against its numbers
}

// trials lists the trials of a panel in the order of the run.
func (p *panel) trials() (all []trialData) {
	first := 0 // the series of a member follow each other
	for _, m := range p.members {
		series := map[string]int{}
		for i, v := range m.group.Variants {
			series[v.Variant] = first + i
		}
		first += len(m.group.Variants)
		for _, t := range section.InOrder(m.group) {
			d := trialData{ID: t.ID, Series: series[t.Variant], Block: t.Block, Order: t.Order, Figures: map[string]number{}, Statuses: t.Stream.Statuses}
			for u, v := range t.Figures {
				d.Figures[u] = number(v)
			}
			d.Remarks = remarks(t.Trial, t.Stream)
			all = append(all, d)
		}
	}
	return all
}

// remarks are the warnings of a trial, and what its record says against its numbers.
func remarks(t *results.Trial, s *results.StreamResult) []string {
	all := append([]string(nil), t.Warnings...)
	if s.GeneratorLimited != "" {
		all = append(all, s.GeneratorLimited)
	}
	if why := s.Saturated(); why != "" {
		all = append(all, "saturated: "+why)
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Errors)) {
		all = append(all, fmt.Sprintf("%s × %s", format.Count(s.Errors[reason]), reason))
	}
	for _, srv := range t.Servers {
		if srv.Crashed {
			all = append(all, fmt.Sprintf("the server %s ended before it was asked to (%s)", srv.Name, srv.Exit))
		}
	}
	return all
}
