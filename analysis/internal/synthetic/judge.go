package synthetic

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"

	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/internal/looks"
)

// Tally counts verdicts on checks.
type Tally struct {
	// Pass and Regression are the numbers of checks with these verdicts; the rest were
	// inconclusive.
	Pass       int `json:"pass"`
	Regression int `json:"regression"`
	Blocks     int `json:"blocks"` // of all checks together, as far as the looks went
}

// add counts one check.
func (t *Tally) add(verdict string, blocks int) {
	switch verdict {
	case gate.Pass:
		t.Pass++
	case gate.Regression:
		t.Regression++
	}
	t.Blocks += blocks
}

// sum adds the counts of other checks.
func (t *Tally) sum(o Tally) {
	t.Pass += o.Pass
	t.Regression += o.Regression
	t.Blocks += o.Blocks
}

// one makes a check of a cell, by its number, and has both rules judge it.
func (c Cell) one(number int) (now, first Tally) {
	h := fnv.New64a()
	h.Write([]byte(c.Name()))
	made := c.World.draw(rand.New(rand.NewPCG(h.Sum64(), uint64(number))), c.blocks())
	if c.Once > 0 {
		now.add(gate.Judge(made.input(c.Once, []int{})).Verdict, c.Once)
		alpha := firstLooks[0].alpha
		if c.Once >= firstLooks[1].blocks {
			alpha = firstLooks[1].alpha
		}
		first.add(firstOnce(made, c.Once, alpha), c.Once)
		return now, first
	}
	now.add(byLooks(made))
	first.add(byFirst(made))
	return now, first
}

// byLooks makes the declared looks at a check until one decides it, or until more blocks
// would hardly decide it. It says after how many blocks the check ended.
func byLooks(c check) (verdict string, blocks int) {
	made := []int{}
	for _, l := range looks.Declared() {
		v := gate.Judge(c.input(l.Blocks, made))
		verdict, blocks = v.Verdict, l.Blocks
		if verdict != gate.Inconclusive || v.Futile {
			break
		}
		made = append(made, l.Blocks)
	}
	return verdict, blocks
}

// Rule is a hash of what the present rule says of some fixed checks: of every verdict,
// estimate, bound and p, as far as rounding leaves them alike on every machine.
func Rule() string { return rule() }

// rule is computed once, because it takes as long as dozens of checks.
var rule = sync.OnceValue(func() string {
	h := fnv.New64a()
	for i, w := range []World{
		{Rows: 4, Noise: Normal, CV: 0.05, Shared: usualShared, Copies: EveryCopy, Effect: 0.07},
		{Rows: 6, Noise: Lognormal, CV: 0.10, Copies: SomeCopy, Bad: 0.25, Slow: 1.4},
		{Rows: 4, Noise: Outliers, CV: 0.01, Copies: NoCopy, Lost: 1},
	} {
		c := w.draw(rand.New(rand.NewPCG(1, uint64(i))), looks.Last())
		made := []int{}
		for _, l := range looks.Declared() {
			v := gate.Judge(c.input(l.Blocks, made))
			fmt.Fprintln(h, v.Verdict, v.Futile)
			for _, j := range v.Rows {
				fmt.Fprintf(h, "%s %.6f %.6f %.6f\n", j.Outcome, j.Loss, j.Bound, j.PAdjusted)
			}
			made = append(made, l.Blocks)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
})
