package rates

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/gate"
)

// Repetitions is the default number of simulated checks without a change. The other kinds
// are simulated half as often.
const Repetitions = 2000

// injected are the slowdowns that are injected into simulated checks, in per cent.
var injected = []int{5, 10, 20}

// wideRows is how many rows the wide simulation has.
const wideRows = 30

// Rates says how often the gate reached which verdict, for all kinds of checks.
type Rates struct {
	// Machine is where the checks were recorded. Rates of another machine may differ.
	Machine          Machine
	Pairs, LoadPairs int      // A/A blocks that simulated checks are drawn from, without and with load
	Rows             int      // of a check
	LeftOut          []string // A/A checks, with load or without, with marked rows or a lost control: these give no pairs
	Voided           int      // recorded trials beside a foreign program
	Minutes          float64  // that the checks took

	Real     map[string]Tally // by kind
	Replayed Rate             // checks on which this version of the gate says what was recorded

	AA, Exchanged Tally         // simulated
	Injected      map[int]Tally // by percentage
	Load          Tally         // from blocks of checks under load
	Unguarded     Tally         // with load, and no block voided
	Lost          Tally         // +20 % in one row, and 8 of 10 blocks valid
	Wide          Tally         // +20 % in one of 30 rows
	Tails         Tally         // +20 % in one row, with heavy tails

	Targets map[int]OfTargets // by the number of targets of a stream
}

// minBlocks is the fewest blocks of a pool from which checks are drawn.
const minBlocks = 2

// Compute judges the recorded checks and simulates others, as many of a kind as
// repetitions says. It is an error if too few A/A blocks are recorded. Other kinds may be
// missing: their rates have no tries.
func Compute(rec Recordings, repetitions int) (Rates, error) {
	byKind := map[string][]Check{}
	for _, c := range rec.Checks {
		byKind[c.Kind] = append(byKind[c.Kind], c)
	}
	p := newPool(byKind[KindAA])
	if len(p.blocks) < minBlocks || len(p.rows) == 0 {
		return Rates{}, fmt.Errorf("%d complete A/A blocks of %d checks, %d of these left out because a row is marked: nothing to draw from",
			len(p.blocks), len(byKind[KindAA]), len(p.leftOut))
	}
	r := Rates{
		Machine: rec.Machine, Pairs: len(p.blocks), Rows: len(p.rows),
		Real: map[string]Tally{}, Injected: map[int]Tally{},
	}
	for _, kind := range []string{KindAA, KindSlow, KindLoad} {
		var t Tally
		for _, c := range byKind[kind] {
			r.Minutes += c.Seconds / 60
			t.add(c.Verdict(), c.sample())
			r.Replayed.add(gate.Judge(c.input()).Verdict == c.Verdict())
		}
		r.Real[kind] = t
	}
	r.AA = p.simulate(experiment{name: "aa", repetitions: repetitions})
	r.Exchanged = p.simulate(experiment{name: "aa exchanged", repetitions: repetitions, exchange: true})
	for _, percent := range injected {
		r.Injected[percent] = p.simulate(experiment{
			name: fmt.Sprintf("slower by %d", percent), repetitions: repetitions / 2, change: slower(1 + float64(percent)/100),
		})
	}
	q := newPool(byKind[KindLoad])
	r.LeftOut = slices.Concat(p.leftOut, q.leftOut)
	if len(q.blocks) >= minBlocks && len(q.rows) > 0 {
		r.LoadPairs = len(q.blocks)
		r.Load = q.simulate(experiment{name: "load", repetitions: repetitions})
	}
	if found := effects(byKind[KindLoad]); len(found) > 0 {
		r.Voided = len(found)
		r.Unguarded = p.simulate(experiment{name: "unguarded", repetitions: repetitions / 2, change: beside(found)})
	}
	r.Targets = p.simulateTargets(repetitions)
	one := slowerInOne(1.2)
	r.Lost = p.simulate(experiment{name: "lost", repetitions: repetitions / 2, lost: 2, change: one})
	r.Wide = p.simulate(experiment{name: "wide", repetitions: repetitions / 2, change: both(p.widen(wideRows), one)})
	r.Tails = p.simulate(experiment{name: "tails", repetitions: repetitions / 2, change: both(heavyTails(p.noise()), one)})
	return r, nil
}
