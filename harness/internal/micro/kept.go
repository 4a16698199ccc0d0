package micro

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/provenance"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// kept are the results that a bundle already has. The zero value stands for none.
type kept struct {
	text   []byte
	blocks int
	rows   []string
	made   *results.Micro // how; nil if that is not known
	begun  bool           // the bundle is new
}

// readKept reads the results to which blocks are to be added. made describes how the
// new blocks are to be made; if the results need it, readKept adjusts it to them.
// Results that were made in another way are an error, even if no block is missing,
// because they are not the ones that the user asked for.
func readKept(o *Options, made *results.Micro) (kept, error) {
	if !results.Exists(o.Out) {
		// A bundle that cannot be made is known before anything is measured. It has no
		// scenario, and Go benchmarks alone.
		return kept{begun: true}, begin(o, made)
	}
	b, err := results.Open(o.Out)
	if err != nil {
		return kept{}, usage.Errorf("--out %s: %w", o.Out, err)
	}
	if b.Manifest.State == results.StateRunning {
		return kept{}, usage.Errorf("--out %s is the bundle of a run that has not ended: complete it with --resume first", o.Out)
	}
	// Blocks that are added continue the order of those that are there.
	if !o.SeedGiven {
		made.Seed = b.Manifest.Seed
	}
	var had kept
	had.text, err = results.ReadRegular(filepath.Join(o.Out, results.MicroFile))
	if errors.Is(err, os.ErrNotExist) {
		return kept{}, intact(o.Out)
	}
	if err == nil {
		had.blocks, had.rows, err = Blocks(had.text)
	}
	if err != nil {
		err = fmt.Errorf("to which nothing can be added (%w): choose another bundle", err)
	} else {
		had.made = b.Manifest.Micro
		err = had.fits(o, had.made, made)
	}
	if err != nil {
		return kept{}, usage.Errorf("--out %s holds %s already, %w, or remove it to measure again", o.Out, results.MicroFile, err)
	}
	if had.blocks == o.Blocks {
		return had, nil // nothing is added
	}
	return had, intact(o.Out)
}

// begin makes a bundle for Go benchmarks alone.
func begin(o *Options, made *results.Micro) error {
	w, err := results.Create(o.Out, &results.Manifest{
		Tool: o.Tool, Command: o.Command, Started: time.Now().UTC().Truncate(time.Second), Ended: time.Now().UTC().Truncate(time.Second),
		Seed: made.Seed, Looks: []int{}, Git: provenance.Git("."), Host: host.Facts(host.Placement{}),
	})
	if err != nil {
		return usage.Errorf("--out %s: %w", o.Out, err)
	}
	return w.Finish(results.StateComplete, "")
}

// fits requires that the missing blocks are made in the same way as those that are
// kept. was says how the kept ones were made, and is nil if that is not known. The
// error ends the sentence that says what the bundle holds.
func (k *kept) fits(o *Options, was, made *results.Micro) error {
	var names, had []string
	for _, v := range o.Variants {
		names = append(names, v.Name)
	}
	for _, row := range k.rows {
		had = append(had, VariantOf(row))
	}
	slices.Sort(names)
	slices.Sort(had)
	if had = slices.Compact(had); len(had) > 0 && !slices.Equal(names, had) {
		return fmt.Errorf("of variants %q and not %q: name the same", had, names)
	}
	switch {
	case o.Blocks < k.blocks:
		return fmt.Errorf("with %s: ask for more --blocks to add some", text.Count(k.blocks, "block"))
	case k.blocks == 0:
		return nil
	case was == nil && o.Blocks == k.blocks:
		return nil // nothing is added to what is not known
	case was == nil:
		return errors.New("which does not record how it was made: choose another bundle")
	}
	if !o.SeedGiven {
		made.Seed = was.Seed
	}
	if what := difference(*was, *made); what != "" {
		return fmt.Errorf("made with %s: use the same, choose another bundle", what)
	}
	return nil
}

// planned notes in made for how many blocks it is planned, and the looks that the kept
// blocks could be given: after every number of blocks that was planned before. The looks
// are nil if those until then are not known.
func (k *kept) planned(made *results.Micro, blocks int) {
	made.Blocks, made.Looks = blocks, []int{}
	if k.blocks == 0 {
		return
	}
	made.Looks = nil
	if k.made != nil && k.made.Looks != nil {
		made.Looks = slices.Clone(k.made.Looks)
		if blocks > k.made.Blocks {
			made.Looks = append(made.Looks, k.made.Blocks)
		}
	}
}

// intact checks, before anything is measured, that the results can be added to the
// bundle.
func intact(dir string) error {
	if err := results.Unchanged(dir, results.MicroFile); err != nil {
		return fmt.Errorf("nothing can be added to a bundle that was changed: %w", err)
	}
	return nil
}

// sameRows requires a block to have the rows of the blocks before it. first is set
// for the first block that is added to a bundle.
func (k *kept) sameRows(out string, block []byte, first bool) error {
	_, rows, err := Blocks(block)
	if err != nil {
		return err
	}
	if k.rows == nil {
		k.rows = rows
	}
	if slices.Equal(rows, k.rows) {
		return nil
	}
	missingRow := func(a, b []string) string {
		for _, row := range a {
			if !slices.Contains(b, row) {
				return row
			}
		}
		return ""
	}
	more, fewer := missingRow(rows, k.rows), missingRow(k.rows, rows)
	switch {
	case !first:
		return fmt.Errorf("benchmark %s is in one block and not in another: names must not change from run to run", cmp.Or(more, fewer))
	case more != "":
		return usage.Errorf("--out %s: the earlier blocks have no %s: use the same packages and code as for them", out, more)
	}
	return usage.Errorf("--out %s: this block has no %s, but the earlier ones do: use the same packages and code as for them", out, fewer)
}
