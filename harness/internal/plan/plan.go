// Package plan decides the order of a run. It is pure: from the cells of the
// scenarios and a seed it computes the ordered trials. It knows nothing of servers
// or load.
//
// The design is randomised complete blocks. A block is one trial of every cell of
// one scenario; a run does block 1 of every scenario, then block 2, and so on, so
// that drift of the machine affects all cells alike. Within a scenario, the order of
// the cells follows Williams squares: every cell has every position equally often,
// and follows every other cell equally often, so that neither position nor
// predecessor favours one of them. Two cells give AB and BA in equal numbers.
//
// Blocks are drawn ten at a time, and the draws of one scenario do not depend on
// another scenario. Within a scenario, the plan of n blocks is therefore the
// beginning of any longer plan. For the run as a whole this is true if all scenarios
// have the same number of blocks. A run can thus be extended without changing what
// was done: see [Extend].
package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/assay-bench/assay/results"
)

// Decade is the number of blocks that are drawn together.
const Decade = 10

// Scenario is what the plan needs to know about a scenario.
type Scenario struct {
	// Name separates the draws of scenarios that have the same seed.
	Name   string
	Blocks int    // of which each has one trial of every cell
	Cells  []Cell // at least one
}

// Cell is one variant with one combination of matrix values.
type Cell struct {
	// Variant is a name that is unique in the scenario. Matrix is nil without a matrix.
	Variant string
	Matrix  map[string]string
}

// Trial is a planned trial and the index of its cell in its scenario.
type Trial struct {
	results.Planned
	Cell int // index in the Cells of its Scenario
}

// New orders the trials of a run. Within each round of blocks, scenarios keep their
// given order. A scenario with fewer blocks takes no part in the later rounds.
func New(scenarios []Scenario, seed uint64) []Trial {
	var rounds int
	for _, s := range scenarios {
		rounds = max(rounds, s.Blocks)
	}
	orders := make([][][]int, len(scenarios))
	for i, s := range scenarios {
		orders[i] = order(len(s.Cells), s.Blocks, s.Name, seed)
	}
	var trials []Trial
	for block := 1; block <= rounds; block++ {
		for i, s := range scenarios {
			if block > s.Blocks {
				continue
			}
			for _, c := range orders[i][block-1] {
				cell := s.Cells[c]
				trials = append(trials, Trial{results.Planned{
					ID:       results.TrialID(s.Name, cell.Variant, cell.Matrix, block, 1),
					Order:    len(trials) + 1,
					Block:    block,
					Scenario: s.Name,
					Variant:  cell.Variant,
					Matrix:   cell.Matrix,
					Seed:     Seed(seed, s.Name, block),
					Layout:   Layout(seed, s.Name, block, cell.Variant),
				}, c})
			}
		}
	}
	return trials
}

// Profiled orders the trials of n profiled blocks of every scenario. They follow the
// measured blocks, have draws and an order of their own, and are the beginning of the
// profiled trials of any larger n.
func Profiled(scenarios []Scenario, n int, seed uint64) []Trial {
	same := slices.Clone(scenarios)
	for i := range same {
		same[i].Blocks = n
	}
	trials := New(same, hash(seed, "profile", "", 0, ""))
	for i := range trials {
		p := &trials[i].Planned
		p.Profiled = true
		p.ID = p.Attempt(1)
	}
	return trials
}

// Extend extends a plan: it keeps the planned trials and appends those of now that
// the plan does not have, in the order of now. It returns an error if, for some
// scenario, the blocks of was are not the first blocks of now: trials would then be
// left out, changed, or added to a block that is finished.
//
// Scenarios may have different numbers of blocks. If one catches up with the others,
// its new trials have no trials of other scenarios beside them. Comparisons are not
// affected, because they are made within blocks.
func Extend(was []results.Planned, now []Trial) ([]results.Planned, error) {
	ahead := map[string][]Trial{}
	for _, t := range now {
		ahead[t.Scenario] = append(ahead[t.Scenario], t)
	}
	had, blocks := map[string]bool{}, map[string]int{}
	for i, p := range was {
		if p.Order != i+1 {
			return nil, fmt.Errorf("%s is planned at place %d and stands at place %d: the plan of the bundle is damaged", p.ID, p.Order, i+1)
		}
		if len(ahead[p.Scenario]) == 0 {
			return nil, fmt.Errorf("%s is planned and would be left out", p.ID)
		}
		t := ahead[p.Scenario][0]
		if t.ID != p.ID || t.Planned.Seed != p.Seed || t.Planned.Layout != p.Layout ||
			t.Block != p.Block || t.Variant != p.Variant || !maps.Equal(t.Matrix, p.Matrix) {
			return nil, fmt.Errorf("%s is planned where %s would be now", p.ID, t.ID)
		}
		ahead[p.Scenario] = ahead[p.Scenario][1:]
		had[p.ID], blocks[p.Scenario] = true, p.Block
	}
	all := slices.Clone(was)
	for _, t := range now {
		if had[t.ID] {
			continue
		}
		if t.Block <= blocks[t.Scenario] {
			return nil, fmt.Errorf("%s would come into a block that is planned without it", t.ID)
		}
		t.Order = len(all) + 1
		all = append(all, t.Planned)
	}
	return all, nil
}

// Seed returns the seed that all trials of a block share, so that the variants meet
// the same draws. It differs between blocks. It fits in 63 bits, because servers are
// given it as a decimal number.
func Seed(run uint64, scenario string, block int) uint64 {
	return hash(run, "seed", scenario, block, "")
}

// Layout returns the seed of the code layout of one build. It differs between blocks
// and between variants; the two copies of an A/A pair also get different layouts.
func Layout(run uint64, scenario string, block int, variant string) uint64 {
	return hash(run, "layout", scenario, block, variant)
}

// hash is a number of 63 bits that follows from all arguments. Texts go in with their
// lengths, so that two lists of texts never look alike.
func hash(run uint64, what, scenario string, n int, variant string) uint64 {
	h := sha256.New()
	var b [8]byte
	number := func(v uint64) {
		binary.LittleEndian.PutUint64(b[:], v)
		h.Write(b[:])
	}
	number(run)
	for _, s := range []string{what, scenario, variant} {
		number(uint64(len(s)))
		h.Write([]byte(s))
	}
	number(uint64(n))
	return binary.LittleEndian.Uint64(h.Sum(nil)) >> 1
}
