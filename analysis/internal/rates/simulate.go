package rates

import (
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/internal/looks"
)

// experiment is one kind of simulated check.
type experiment struct {
	name        string // seeds it, so that experiments do not share their draws
	repetitions int
	exchange    bool   // see [pool.draw]
	lost        int    // blocks of every ten that are lost
	change      change // nil: nothing is injected
}

// Tally counts the verdicts of the gate on checks, and the alarms of other rules on the
// same values.
type Tally struct {
	// Of is the number of checks. Every check has one verdict, and any number of
	// alarms.
	Of     int
	Blocks int // of all checks together, as far as the looks went
	// Pass, Regression and Inconclusive are the numbers of checks with these verdicts.
	Pass, Regression, Inconclusive int
	Benchstat                      int // some row worse at p < 0.05, unpaired
	Threshold11, Threshold20       int // some median worse by the factor 1.1, or 2.0
}

// simulate makes the repetitions of an experiment. Every repetition has random numbers of
// its own, so that the result does not depend on how many of them run at the same time.
func (p pool) simulate(e experiment) Tally {
	seed := p.seed()
	h := fnv.New64a()
	h.Write([]byte(e.name))
	name := h.Sum64()
	results := make([]Tally, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for worker := range results {
		wait.Go(func() {
			for i := worker; i < e.repetitions; i += len(results) {
				r := rand.New(rand.NewPCG(seed^name, uint64(i)))
				s := p.draw(r, left(looks.Last(), e.lost), e.exchange)
				if e.change != nil {
					e.change(r, &s)
				}
				verdict, decided := judge(s, e.lost)
				results[worker].add(verdict, decided)
			}
		})
	}
	wait.Wait()
	var sum Tally
	for _, t := range results {
		sum.Of += t.Of
		sum.Blocks += t.Blocks
		sum.Pass += t.Pass
		sum.Regression += t.Regression
		sum.Inconclusive += t.Inconclusive
		sum.Benchstat += t.Benchstat
		sum.Threshold11 += t.Threshold11
		sum.Threshold20 += t.Threshold20
	}
	return sum
}

// left is how many blocks of a number are left if so many of every ten are lost.
func left(blocks, lost int) int { return blocks - lost*blocks/10 }

// judge makes the declared looks at a check, of every ten blocks of which some are lost,
// until one is not inconclusive. It returns the last verdict and the blocks on which it
// rests.
func judge(s sample, lost int) (verdict string, decided sample) {
	made := []int{}
	for _, l := range looks.Declared() {
		decided = s.first(left(l.Blocks, lost))
		if verdict = gate.Judge(decided.input(l.Blocks, made)).Verdict; verdict != gate.Inconclusive {
			break
		}
		made = append(made, l.Blocks)
	}
	return verdict, decided
}

// add counts a check with a verdict that rests on the sample.
func (t *Tally) add(verdict string, s sample) {
	t.Of++
	t.Blocks += s.blocks()
	switch verdict {
	case gate.Pass:
		t.Pass++
	case gate.Regression:
		t.Regression++
	case gate.Inconclusive:
		t.Inconclusive++
	}
	if benchstatAlarm(s) {
		t.Benchstat++
	}
	if thresholdAlarm(s, 1.1) {
		t.Threshold11++
	}
	if thresholdAlarm(s, 2) {
		t.Threshold20++
	}
}
