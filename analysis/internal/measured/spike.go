package measured

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// A server is back within its objectives at the start of the first BackFor seconds
// in a row in which no objective is broken. An objective is broken in a second if a
// server that just keeps the objective would have such a second with a probability
// below BreakLevel.
//
// Note: to ask that every second keeps the objectives would be wrong. With 150
// requests a second and 5 % errors, one second in eight has more than 7 % errors by
// chance alone.
const (
	BackFor    = 3
	BreakLevel = 0.01
)

// Spike is the highest stage of a load, which lower stages follow. Start and End are
// counted from the beginning of the attack, warm-up included.
type Spike struct {
	Rate  float64 // highest, per second
	Start time.Duration
	End   time.Duration
	After time.Duration // how long the load goes on after End
	// Promises are the objectives that the recovery is held against.
	Promises []Promise
}

// Promise is an objective that can be held against the requests of one second: at
// most a share of them may be bad. If the promise limits a latency, a request is bad
// if it took longer than slower or timed out, and refusals and errors do not count.
// Else slower is 0, and a request is bad if it had one of the outcomes.
type Promise struct {
	Text     string // as the scenario has it
	share    float64
	slower   time.Duration
	outcomes []results.Outcome
}

// spikeOf finds the spike of a load, and the objectives that say when a server is
// back. It is false if the load has no spike, if the load ends too soon after the
// spike to show a recovery, and if the scenario has no objective to be held against
// single seconds.
func spikeOf(spec *results.Scenario, l results.Stream) (Spike, bool) {
	s := Spike{End: spec.Warmup}
	highest := func(st results.Stage) float64 {
		if st.To != nil {
			return max(st.Rate, *st.To)
		}
		return st.Rate
	}
	for _, st := range l.Stages {
		s.Rate = max(s.Rate, highest(st))
	}
	last := -1
	for i, st := range l.Stages {
		if highest(st) == s.Rate {
			last = i
		}
	}
	first := slices.IndexFunc(l.Stages, func(st results.Stage) bool { return highest(st) == s.Rate })
	s.Start = spec.Warmup
	for i, st := range l.Stages {
		if i < first {
			s.Start += st.Duration
		}
		if i <= last {
			s.End += st.Duration
		} else {
			s.After += st.Duration
		}
	}
	for _, o := range spec.Objectives {
		if p, ok := promiseOf(o); ok && o.Concerns(l.Name, "") {
			s.Promises = append(s.Promises, p)
		}
	}
	return s, s.After >= BackFor*time.Second && len(s.Promises) > 0
}

// promiseOf turns an upper limit of a quantile or of a share of outcomes into a
// promise. It is false for other objectives, such as means and rates, which cannot be
// held against the requests of a single second.
func promiseOf(o results.Objective) (Promise, bool) {
	p := Promise{Text: o.Text, share: o.Threshold}
	if !strings.HasPrefix(o.Op, "<") {
		return p, false
	}
	m, _ := results.MetricByName(o.Metric)
	if q := units.Quantile(m.Unit); q > 0 {
		p.share, p.slower = 1-q, time.Duration(o.Threshold*float64(time.Second))
		return p, true
	}
	p.outcomes = m.Outcomes
	return p, len(m.Outcomes) > 0
}

// backAfter is how many seconds after the spike the first BackFor good seconds in a
// row begin, and +Inf if there are none. A second in which nothing was recorded is not
// good.
func (s Spike) backAfter(seconds map[int]meant) float64 {
	good := 0
	last := 0
	first, end := int(math.Ceil(s.End.Seconds())), int((s.End + s.After).Seconds())
	// Nothing is good after the last second of the log, however long the manifest says
	// that the load was.
	for at := range seconds {
		last = max(last, at)
	}
	for at := first; at < min(end, last+1); at++ {
		good++
		if len(seconds[at]) == 0 || slices.ContainsFunc(s.Promises, seconds[at].broken) {
			good = 0
		}
		if good == BackFor {
			return float64(at-BackFor+1) - s.End.Seconds()
		}
	}
	return math.Inf(1)
}

// Seen is the longest recovery that can be observed, because the load ends BackFor
// seconds after it.
func (s Spike) Seen() time.Duration { return s.After - BackFor*time.Second }

// meant are the requests that were meant to start in one second, by outcome.
type meant map[results.Outcome]load.Distribution

// broken reports whether a second breaks a promise beyond chance.
func (m meant) broken(p Promise) bool {
	var bad, all uint64
	if p.slower > 0 {
		ok, timeouts := m[results.OK], m[results.Timeout].Count()
		all, bad = ok.Count()+timeouts, timeouts
		for _, b := range ok.Bins {
			if time.Duration(b.Value) > p.slower {
				bad += b.Count
			}
		}
	} else {
		for _, d := range m {
			all += d.Count()
		}
		for _, o := range p.outcomes {
			bad += m[o].Count()
		}
	}
	return stats.BinomialTail(all, bad, p.share) < BreakLevel
}

// within is the share of a second's requests that were answered ok, and no slower than
// the first promise about a latency allows.
func (m meant) within(promises []Promise) float64 {
	var all, well uint64
	for _, d := range m {
		all += d.Count()
	}
	limit := time.Duration(math.MaxInt64)
	if i := slices.IndexFunc(promises, func(p Promise) bool { return p.slower > 0 }); i >= 0 {
		limit = promises[i].slower
	}
	for _, b := range m[results.OK].Bins {
		if time.Duration(b.Value) <= limit {
			well += b.Count
		}
	}
	return float64(well) / float64(all)
}
