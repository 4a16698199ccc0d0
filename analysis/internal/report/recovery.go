package report

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
	backFor    = 3
	breakLevel = 0.01
)

// spike is when the highest stage of a load ends.
type spike struct {
	rate     float64       // highest, per second
	start    time.Duration // since the attack began
	end      time.Duration // the same
	after    time.Duration // how long the load goes on
	promises []promise
}

// promise is an objective that can be held against one second: of all its
// requests, or of those without refusals and errors, at most a share may be bad.
type promise struct {
	text    string
	share   float64
	slower  time.Duration // bad is slower than this, or timed out; 0: bad are outcomes
	outcome []results.Outcome
}

// spikeOf finds a load's spike: its highest stage, if lower ones follow, and the
// objectives that say what it is to be back.
func spikeOf(spec *results.Scenario, l results.Stream) (spike, bool) {
	s := spike{end: spec.Warmup}
	highest := func(st results.Stage) float64 {
		if st.To != nil {
			return max(st.Rate, *st.To)
		}
		return st.Rate
	}
	for _, st := range l.Stages {
		s.rate = max(s.rate, highest(st))
	}
	last := -1
	for i, st := range l.Stages {
		if highest(st) == s.rate {
			last = i
		}
	}
	first := slices.IndexFunc(l.Stages, func(st results.Stage) bool { return highest(st) == s.rate })
	s.start = spec.Warmup
	for i, st := range l.Stages {
		if i < first {
			s.start += st.Duration
		}
		if i <= last {
			s.end += st.Duration
		} else {
			s.after += st.Duration
		}
	}
	for _, o := range spec.Objectives {
		if p, ok := promiseOf(o); ok {
			s.promises = append(s.promises, p)
		}
	}
	return s, s.after >= backFor*time.Second && len(s.promises) > 0
}

// promiseOf turns an upper limit of a quantile or of a share of outcomes into a
// promise. Means and rates say nothing of a single second's requests.
func promiseOf(o results.Objective) (promise, bool) {
	p := promise{text: o.Text, share: o.Threshold}
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

// meant are the requests that were meant to start in one second, by outcome.
type meant map[results.Outcome]load.Distribution

// broken reports whether a second breaks a promise beyond chance.
func (m meant) broken(p promise) bool {
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
	return stats.BinomialTail(all, bad, p.share) < breakLevel
}

// within is the share of a second's requests that were answered ok, and no
// slower than the promise of a latency allows.
func (m meant) within(promises []promise) float64 {
	var all, well uint64
	for _, d := range m {
		all += d.Count()
	}
	limit := time.Duration(math.MaxInt64)
	if i := slices.IndexFunc(promises, func(p promise) bool { return p.slower > 0 }); i >= 0 {
		limit = promises[i].slower
	}
	for _, b := range m[results.OK].Bins {
		if time.Duration(b.Value) <= limit {
			well += b.Count
		}
	}
	return float64(well) / float64(all)
}

// backAfter is how many seconds after the spike the first backFor good seconds
// begin, and +Inf if there are none. A second of which nothing was recorded is
// not a good one.
func (s spike) backAfter(seconds map[int]meant) float64 {
	good := 0
	first := int(math.Ceil(s.end.Seconds()))
	for at := first; at < int((s.end + s.after).Seconds()); at++ {
		good++
		if len(seconds[at]) == 0 || slices.ContainsFunc(s.promises, seconds[at].broken) {
			good = 0
		}
		if good == backFor {
			return float64(at-backFor+1) - s.end.Seconds()
		}
	}
	return math.Inf(1)
}

// seen is the latest recovery that the load is long enough to show: later ones
// would have to go on after its end.
func (s spike) seen() time.Duration { return s.after - backFor*time.Second }

// recovery is how the trials of a cell came back from a spike.
type recovery struct {
	spike
	back   map[int]float64   // seconds until back, by block
	within map[int][]float64 // share answered well in time, by second
}

// times are the recovery times of all trials.
func (r *recovery) times() stats.Estimate {
	var v []float64
	for _, t := range r.back {
		v = append(v, t)
	}
	return stats.Median(v)
}

// recover reads how the cell's trials came back, if their load has a spike. It
// returns what could not be read.
func (c *cell) recover(run *load.Run, spec *results.Scenario, l results.Stream) (notes []string) {
	s, ok := spikeOf(spec, l)
	if !ok {
		return nil
	}
	c.recovery = &recovery{spike: s, back: map[int]float64{}, within: map[int][]float64{}}
	for _, t := range c.Trials {
		seconds, err := secondsOf(run, t)
		if err != nil {
			notes = append(notes, relative(err.Error(), run.Dir))
			continue
		}
		c.recovery.back[t.Block] = s.backAfter(seconds)
		for at, m := range seconds {
			c.recovery.within[at] = append(c.recovery.within[at], m.within(s.promises))
		}
	}
	return notes
}

// secondsOf reads the responses of a trial by second and outcome.
func secondsOf(run *load.Run, t load.Trial) (map[int]meant, error) {
	seconds := map[int]meant{}
	outcome := func(text string) (results.Outcome, bool) {
		tag, ok := results.ParseTag(text)
		return tag.Outcome, ok && tag.Part == results.PartResponse && (tag.Stream == "" || tag.Stream == t.Stream.Name)
	}
	wanted := func(tag string) bool { _, ok := outcome(tag); return ok }
	err := run.Bins(t.ID, wanted, func(tag string, start time.Duration, bins []results.Bin) error {
		o, _ := outcome(tag)
		at := int(start.Seconds())
		if seconds[at] == nil {
			seconds[at] = meant{}
		}
		seconds[at][o] = load.Merge(seconds[at][o], load.Distribution{Bins: slices.Clone(bins)})
		return nil
	})
	return seconds, err
}
