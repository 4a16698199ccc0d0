package command

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/assay-bench/assay/harness/internal/micro"
	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// microBlock is one planned block of Go benchmarks.
type microBlock struct {
	number  int
	order   []int    // of the variants
	layouts []uint64 // by variant; nil if there is nothing to compare
}

// microPlan orders the variants of every block. As in a run, the plan of a seed
// is the beginning of its plan for more blocks.
func microPlan(variants []micro.Variant, blocks int, seed uint64) []microBlock {
	p := plan.Scenario{Name: "micro", Blocks: blocks}
	for _, v := range variants {
		p.Cells = append(p.Cells, plan.Cell{Variant: v.Name})
	}
	all := make([]microBlock, blocks)
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

// microResults are the results that a bundle has already.
type microResults struct {
	text   []byte
	blocks int
	rows   []string
}

// readMicro reads the results that more blocks are to be added to; made becomes
// what these are to be made with. The zero result means that there are none.
// Results made otherwise are an error, also if no block is lacking: they are not
// those that were asked for.
func readMicro(o *microOptions, variants []micro.Variant, made *results.Micro) (microResults, error) {
	var had microResults
	b, err := results.Open(o.out)
	if err != nil {
		return had, program.Usagef("--out %s: %w", o.out, err)
	}
	if b.Manifest.State == results.StateRunning {
		return had, program.Usagef("--out %s is of a run that has not ended: end it with --resume first", o.out)
	}
	if !o.seedGiven {
		made.Seed = b.Manifest.Seed
	}
	had.text, err = os.ReadFile(filepath.Join(o.out, results.MicroFile))
	if errors.Is(err, os.ErrNotExist) {
		return microResults{}, intactForMicro(o.out)
	}
	refuse := func(format string, args ...any) (microResults, error) {
		args = append([]any{o.out, results.MicroFile}, args...)
		return microResults{}, program.Usagef("--out %s holds %s already, "+format+", or remove it to measure again", args...)
	}
	if err == nil {
		had.blocks, had.rows, err = micro.Blocks(had.text)
	}
	if err != nil {
		return refuse("which cannot be gone on with (%w): choose another bundle", err)
	}
	var names, was []string
	for _, v := range variants {
		names = append(names, v.Name)
	}
	for _, row := range had.rows {
		was = append(was, micro.VariantOf(row))
	}
	slices.Sort(names)
	slices.Sort(was)
	if was = slices.Compact(was); len(was) > 0 && !slices.Equal(names, was) {
		return refuse("of variants %q and not %q: name the same", was, names)
	}
	switch was := b.Manifest.Micro; {
	case o.blocks < had.blocks:
		return refuse("with %s: ask for more --blocks to add some", count(had.blocks, "block"))
	case had.blocks == 0:
	case was == nil && o.blocks == had.blocks:
		return had, nil // nothing is added to what is not known
	case was == nil:
		return refuse("which does not tell what it was made with: choose another bundle")
	default:
		if !o.seedGiven {
			made.Seed = was.Seed
		}
		if what := madeOtherwise(*was, *made); what != "" {
			return refuse("made with %s: do as for it, choose another bundle", what)
		}
		if o.blocks == had.blocks {
			return had, nil
		}
	}
	return had, intactForMicro(o.out)
}

// intactForMicro is asked before anything is measured that could not be kept.
func intactForMicro(dir string) error {
	if err := results.Unchanged(dir, results.MicroFile); err != nil {
		return fmt.Errorf("nothing can be added to a bundle that was changed: %w", err)
	}
	return nil
}

// sameRows wants a block to have the rows of those before; first is set for the
// first one that is added to what a bundle has.
func (m *microResults) sameRows(o *microOptions, text []byte, first bool) error {
	_, rows, err := micro.Blocks(text)
	if err != nil {
		return err
	}
	if m.rows == nil {
		m.rows = rows
	}
	if slices.Equal(rows, m.rows) {
		return nil
	}
	lacks := func(a, b []string) string {
		for _, row := range a {
			if !slices.Contains(b, row) {
				return row
			}
		}
		return ""
	}
	more, fewer := lacks(rows, m.rows), lacks(m.rows, rows)
	switch {
	case !first:
		return fmt.Errorf("benchmark %s is in one block and not in another: names must not change from run to run", cmp.Or(more, fewer))
	case more != "":
		return program.Usagef("--out %s: the blocks before have no %s: give the same packages and code as for them", o.out, more)
	}
	return program.Usagef("--out %s: this block has no %s, as those before have: give the same packages and code as for them", o.out, fewer)
}
