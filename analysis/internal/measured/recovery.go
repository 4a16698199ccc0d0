package measured

import (
	"slices"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// Recovery is how the trials of a variant came back from a spike. The seconds of
// Within are those since the attack began, in which the requests were meant to start.
type Recovery struct {
	Spike
	Back   map[int]float64   // seconds until back, by block; +Inf if never
	Within map[int][]float64 // share answered well in time, by second
}

// Times is the median of the recovery times over trials, in seconds.
func (r *Recovery) Times() stats.Estimate {
	var v []float64
	for _, t := range r.Back {
		v = append(v, t)
	}
	return stats.Median(v)
}

// recover reads how the variant's trials came back from the spike of their load. A
// load without a spike leaves Recovery nil. It returns what could not be read.
func (v *Variant) recover(run *load.Run, spec *results.Scenario, l results.Stream) (problems []error) {
	s, ok := spikeOf(spec, l)
	if !ok {
		return nil
	}
	v.Recovery = &Recovery{Spike: s, Back: map[int]float64{}, Within: map[int][]float64{}}
	for _, t := range v.Trials {
		seconds, err := secondsOf(run, t)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		v.Recovery.Back[t.Block] = s.backAfter(seconds)
		for at, m := range seconds {
			v.Recovery.Within[at] = append(v.Recovery.Within[at], m.within(s.Promises))
		}
	}
	return problems
}

// secondsOf reads the responses of a trial by second and outcome.
func secondsOf(run *load.Run, t load.Trial) (map[int]meant, error) {
	seconds := map[int]meant{}
	outcome := func(text string) (results.Outcome, bool) {
		tag, ok := results.ParseTag(text)
		return tag.Outcome, ok && tag.Part == results.PartResponse && tag.Target == "" && (tag.Stream == "" || tag.Stream == t.Stream.Name)
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
