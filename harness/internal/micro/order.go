package micro

import "github.com/assay-bench/assay/harness/internal/plan"

// block is one planned block.
type block struct {
	number  int
	order   []int    // of the variants
	layouts []uint64 // by variant; nil if nothing is compared
}

// planBlocks orders the variants of every block. As in a run, the plan of a seed is
// the beginning of its plan for more blocks.
func planBlocks(variants []Variant, blocks int, seed uint64) []block {
	p := plan.Scenario{Name: "micro", Blocks: blocks}
	for _, v := range variants {
		p.Cells = append(p.Cells, plan.Cell{Variant: v.Name})
	}
	// Every variant has a layout of its own in each block: the place of code in memory
	// changes fast benchmarks by some per cent, and averages out over blocks.
	all := make([]block, blocks)
	for _, t := range plan.New([]plan.Scenario{p}, seed) {
		b := &all[t.Block-1]
		b.number = t.Block
		b.order = append(b.order, t.Cell)
		if variants[t.Cell].Name != "" {
			if b.layouts == nil {
				b.layouts = make([]uint64, len(variants))
			}
			b.layouts[t.Cell] = t.Layout
		}
	}
	return all
}
