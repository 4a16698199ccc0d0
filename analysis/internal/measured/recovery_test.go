package measured

import (
	"math"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// second are so many requests of one second by what became of them.
func second(quick, slow, refused uint64) meant {
	return meant{
		results.OK:       {Bins: []results.Bin{{Value: int64(50 * time.Millisecond), Count: quick}, {Value: int64(time.Second), Count: slow}}},
		results.Rejected: {Bins: []results.Bin{{Value: int64(time.Millisecond), Count: refused}}},
	}
}

func TestBackAfter(t *testing.T) {
	spec := &results.Scenario{Warmup: time.Second, Objectives: []results.Objective{
		{Text: "p99 < 200ms", Metric: "p99", Op: "<", Threshold: 0.2, Unit: "sec"},
		{Text: "failed < 7%", Metric: "failed", Op: "<", Threshold: 0.07, Unit: "ratio"},
		{Text: "goodput > 10/s", Metric: "goodput", Op: ">", Threshold: 10, Unit: "per-sec"},
	}}
	s, ok := spikeOf(spec, results.Stream{Stages: []results.Stage{
		{Rate: 150, Duration: 2 * time.Second}, {Rate: 1000, Duration: time.Second}, {Rate: 150, Duration: 6 * time.Second},
	}})
	if !ok || s.End != 4*time.Second || s.After != 6*time.Second || s.Rate != 1000 || len(s.Promises) != 2 {
		t.Fatalf("spike %+v, %v", s, ok)
	}
	good, chance, slow, refused := second(150, 0, 0), second(140, 2, 11), second(100, 50, 0), second(100, 0, 50)
	late := meant{results.OK: good[results.OK], results.Timeout: load.Distribution{Bins: []results.Bin{{Value: int64(time.Minute), Count: 50}}}}
	for name, c := range map[string]struct {
		after []meant // from second 4 on
		want  float64
	}{
		"never away":       {[]meant{good, good, good, good, good, good}, 0},
		"by chance":        {[]meant{chance, chance, chance, good, good, good}, 0},
		"slow for two":     {[]meant{slow, slow, good, good, good, slow}, 2},
		"refused for one":  {[]meant{refused, good, good, good, good, good}, 1},
		"timed out":        {[]meant{late, late, late, good, good, good}, 3},
		"a short relief":   {[]meant{slow, good, good, slow, good, good}, math.Inf(1)},
		"never back":       {[]meant{slow, slow, slow, slow, slow, slow}, math.Inf(1)},
		"nothing recorded": {nil, math.Inf(1)},
		"a second without": {[]meant{good, nil, good, good, good, good}, 2},
		"at the very end":  {[]meant{slow, slow, slow, good, good, good}, s.Seen().Seconds()},
	} {
		seconds := map[int]meant{3: slow}
		for i, m := range c.after {
			seconds[4+i] = m
		}
		if got := s.backAfter(seconds); got != c.want {
			t.Errorf("%s: back after %v s, want %v", name, got, c.want)
		}
	}
	if got := second(140, 5, 5).within(s.Promises); got != 140.0/150 {
		t.Errorf("well in time: %v", got)
	}
}

func TestSpikeOf(t *testing.T) {
	to := 1000.0
	objectives := []results.Objective{{Text: "p99 < 200ms", Metric: "p99", Op: "<", Threshold: 0.2, Unit: "sec"}}
	for name, c := range map[string]struct {
		stages     []results.Stage
		objectives []results.Objective
		want       bool
	}{
		"none":          {nil, objectives, false},
		"a ramp up":     {[]results.Stage{{Rate: 10, To: &to, Duration: time.Minute}}, objectives, false},
		"up and down":   {[]results.Stage{{Rate: 10, To: &to, Duration: time.Minute}, {Rate: 10, Duration: time.Minute}}, objectives, true},
		"too short":     {[]results.Stage{{Rate: 100, Duration: time.Minute}, {Rate: 10, Duration: time.Second}}, objectives, false},
		"no objectives": {[]results.Stage{{Rate: 100, Duration: time.Minute}, {Rate: 10, Duration: time.Minute}}, nil, false},
	} {
		if _, ok := spikeOf(&results.Scenario{Objectives: c.objectives}, results.Stream{Stages: c.stages}); ok != c.want {
			t.Errorf("%s: %v, want %v", name, ok, c.want)
		}
	}
}
