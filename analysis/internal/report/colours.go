package report

import (
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/plot"
)

// Colours gives every variant one slot for the whole page. A page may have more variants
// than there are colours. Two variants of the same scenario, which stand in the same plot,
// get different colours as long as there are enough of them.
func Colours(runs []*load.Run) map[string]int {
	order, beside := company(runs)
	// Of the free slots a variant gets the one that was given least often, so that a
	// page uses its whole palette before it repeats a colour.
	slots := map[string]int{}
	times := [plot.Colours]int{} // how often a slot was given
	for _, name := range order {
		taken := [plot.Colours]bool{}
		for other := range beside[name] {
			if slot, ok := slots[other]; ok {
				taken[slot] = true
			}
		}
		best := -1
		for slot := range times {
			if !taken[slot] && (best < 0 || times[slot] < times[best]) {
				best = slot
			}
		}
		if best < 0 { // more variants in a scenario than colours
			best = len(slots) % plot.Colours
		}
		slots[name] = best
		times[best]++
	}
	return slots
}

// company lists the variants in the order of the manifests, and for each of them those
// that have a scenario in common with it. The order is not that of a map, so that the
// same bundles give the same colours.
func company(runs []*load.Run) (order []string, beside map[string]map[string]bool) {
	beside = map[string]map[string]bool{}
	for _, run := range runs {
		for _, s := range run.Manifest.Scenarios {
			for _, v := range s.Variants {
				if beside[v.Name] == nil {
					beside[v.Name] = map[string]bool{}
					order = append(order, v.Name)
				}
				for _, other := range s.Variants {
					beside[v.Name][other.Name] = true
				}
			}
		}
	}
	return order, beside
}
