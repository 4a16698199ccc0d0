// Package looks declares after how many blocks a check is judged, and how much of its
// level each look may spend. The command that measures and the gate that judges read the
// same table, so that neither makes a look that the other does not count.
package looks

import "slices"

// Level is the share of all checks without a change that may be called a regression,
// over all rows and looks. The same share of checks in which a loss is exactly at its
// margin may pass.
const Level = 0.05

// Look is one planned look at a check.
type Look struct {
	Blocks int // number of finished blocks at which it is made
	// Regression and Pass are the parts of the level that have been spent after this
	// look: by then at most so many checks end in a false regression, and in a false
	// pass. They grow from look to look and end at Level.
	Regression, Pass float64
}

// declared is the spending function. analysis/GATE.md compares it with others and says
// why it was taken.
//
// A regression has to be possible after six blocks: the smallest p of six signs is 1/64,
// which is below 1.6 %. Nothing passes before ten blocks.
var declared = []Look{
	{Blocks: 6, Regression: 0.016},
	{Blocks: 10, Regression: 0.020, Pass: 0.010},
	{Blocks: 14, Regression: 0.025, Pass: 0.020},
	{Blocks: 20, Regression: Level, Pass: Level},
}

// Declared returns all looks, in their order.
func Declared() []Look { return slices.Clone(declared) }

// FirstPass returns the number of blocks before which no check passes.
func FirstPass() int {
	return declared[slices.IndexFunc(declared, func(l Look) bool { return l.Pass > 0 })].Blocks
}

// Last returns the number of blocks of the last look.
func Last() int { return declared[len(declared)-1].Blocks }

// Next returns the number of blocks of the look that follows one after so many. It
// returns false if there is none.
func Next(blocks int) (next int, ok bool) {
	for _, l := range declared {
		if l.Blocks > blocks {
			return l.Blocks, true
		}
	}
	return 0, false
}

// Levels returns the levels of a look after so many blocks: what may have been spent by
// then, less what the earlier looks have spent. made are the numbers of blocks after
// which the same check was, or may have been, looked at before. A check that is looked at
// once has the levels of all looks up to that one. Both levels are 0 if the earlier looks
// have used them up, and then the look can prove nothing.
func Levels(blocks int, made []int) (regression, pass float64) {
	now, before := spent(blocks), Look{}
	for _, n := range made {
		if l := spent(min(n, blocks)); l.Blocks > before.Blocks {
			before = l
		}
	}
	return now.Regression - before.Regression, now.Pass - before.Pass
}

// spent returns the last look after at most so many blocks. Fewer blocks than the first
// look has may spend as much as that one.
func spent(blocks int) Look {
	l := declared[0]
	for _, next := range declared[1:] {
		if next.Blocks <= blocks {
			l = next
		}
	}
	return l
}
