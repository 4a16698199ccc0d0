package measured

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// A server is back within its objectives at the start of the first backFor
// seconds in a row in which none of them is broken beyond chance.
//
// Note: to ask that every second holds would be wrong. With 150 requests a second
// and 5 % errors, one second in eight has more than 7 % of them by chance.
const (
	BackFor    = 3
	BreakLevel = 0.01
)

// Spike is when the highest stage of a load ends.
type Spike struct {
	Rate     float64       // highest, per second
	Start    time.Duration // since the attack began
	End      time.Duration // the same
	After    time.Duration // how long the load goes on
	Promises []Promise
}

// Promise is an objective that can be held against one second: of all its
// requests, or of those without refusals and errors, at most a share may be bad.
type Promise struct {
	Text    string
	share   float64
	slower  time.Duration // bad is slower than this, or timed out; 0: bad are outcomes
	outcome []results.Outcome
}

// spikeOf finds a load's spike: its highest stage, if lower ones follow, and the
// objectives that say what it is to be back.
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
		if p, ok := promiseOf(o); ok {
			s.Promises = append(s.Promises, p)
		}
	}
	return s, s.After >= BackFor*time.Second && len(s.Promises) > 0
}

// promiseOf turns an upper limit of a quantile or of a share of outcomes into a
// promise. Means and rates say nothing of a single second's requests.
func promiseOf(o results.Objective) (Promise, bool) {
	p := Promise{Text: o.Text, share: o.Threshold}
	if !strings.HasPrefix(o.Op, "<") {
		return p, false
	}
	m, _ := results.MetricByName(o.Metric)
	if q := metric.Quantile(m.Unit); q > 0 {
		p.share, p.slower = 1-q, time.Duration(o.Threshold*float64(time.Second))
		return p, true
	}
	p.outcome = m.Outcomes
	return p, len(m.Outcomes) > 0
}

// backAfter is how many seconds after the spike the first backFor good seconds
// begin, and +Inf if there are none. A second of which nothing was recorded is
// not a good one.
func (s Spike) backAfter(seconds map[int]meant) float64 {
	good := 0
	first := int(math.Ceil(s.End.Seconds()))
	for at := first; at < int((s.End + s.After).Seconds()); at++ {
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

// Seen is the latest recovery that the load is long enough to show: later ones
// would have to go on after its end.
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
		for _, o := range p.outcome {
			bad += m[o].Count()
		}
	}
	return stats.BinomialTail(all, bad, p.share) < BreakLevel
}

// within is the share of a second's requests that were answered ok, and no
// slower than the promise of a latency allows.
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
