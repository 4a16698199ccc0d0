package rates

import (
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/assay-bench/assay/analysis/internal/gate"
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
	Of                             int
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
				s := p.draw(r, gate.BlocksOfSecondLook-e.lost*gate.BlocksOfSecondLook/10, e.exchange)
				if e.change != nil {
					e.change(r, &s)
				}
				verdict, decided := judge(s, gate.BlocksOfFirstLook-e.lost*gate.BlocksOfFirstLook/10)
				results[worker].add(verdict, decided)
			}
		})
	}
	wait.Wait()
	var sum Tally
	for _, t := range results {
		sum.Of += t.Of
		sum.Pass += t.Pass
		sum.Regression += t.Regression
		sum.Inconclusive += t.Inconclusive
		sum.Benchstat += t.Benchstat
		sum.Threshold11 += t.Threshold11
		sum.Threshold20 += t.Threshold20
	}
	return sum
}

// judge judges a check after its first blocks and, if that look is inconclusive, after
// all blocks. It returns the verdict and the blocks on which the verdict rests.
func judge(s sample, first int) (string, sample) {
	cut := s.first(first)
	if v := gate.Judge(cut.input(gate.BlocksOfFirstLook)); v.Verdict != gate.Inconclusive {
		return v.Verdict, cut
	}
	return gate.Judge(s.input(gate.BlocksOfSecondLook)).Verdict, s
}

// add counts a check with a verdict that rests on the sample.
func (t *Tally) add(verdict string, s sample) {
	t.Of++
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
