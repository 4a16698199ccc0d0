package measured

import (
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Timeline is what a variant's trials looked like second by second. Seconds are
// counted from the beginning of the attack, warm-up included; a map holds the values
// of all trials by second.
type Timeline struct {
	P50, P99 map[int][]float64            // headline latency, in seconds
	OK       map[int][]float64            // requests that were answered ok; a trial without any in a second has no value there
	Used     [usedKinds]map[int][]float64 // what the server used, by Usage
	Warmup   int                          // how many of the seconds are warm-up
	heat     map[int]map[int]uint64       // requests of all trials, by second and bin
}

// Heat maps have binsPerDecade rows for every factor of ten in latency. If that makes
// more than mostHeatBins rows, neighbouring rows are merged.
// In the same way neighbouring seconds are merged if there are more than
// mostHeatColumns: no screen shows more, and a log may name any second.
const (
	binsPerDecade   = 20
	mostHeatBins    = 32
	mostHeatColumns = 4096
)

// What a server uses over time: goroutines, resident memory in bytes, connections
// to its store, idle ones included, and CPUs: CPU seconds per second since the sample
// before.
const (
	Goroutines Usage = iota
	Memory
	Connections
	CPU
	usedKinds
)

// Usage is one thing that a server uses over time.
type Usage int

// used reads each usage from a sample. It is false if the sample does not have it.
var used = [usedKinds]func(results.Sample) (float64, bool){
	Goroutines: func(s results.Sample) (float64, bool) {
		if s.Goroutines == nil {
			return 0, false
		}
		return *s.Goroutines, true
	},
	Memory: func(s results.Sample) (float64, bool) {
		if s.RSSBytes == nil {
			return 0, false
		}
		return float64(*s.RSSBytes), true
	},
	Connections: func(s results.Sample) (float64, bool) {
		v, ok := s.Metrics["assay_store_connections_in_use"]
		return v + s.Metrics["assay_store_connections_idle"], ok
	},
	// A sample has the CPU time since the server started, so two samples make a value.
	CPU: func(results.Sample) (float64, bool) { return 0, false },
}

// newTimeline is a timeline without trials.
func newTimeline() *Timeline {
	t := &Timeline{P50: map[int][]float64{}, P99: map[int][]float64{}, OK: map[int][]float64{}, heat: map[int]map[int]uint64{}}
	for i := range t.Used {
		t.Used[i] = map[int][]float64{}
	}
	return t
}

// add takes the latencies of one trial.
func (t *Timeline) add(seconds []load.Second) {
	for _, s := range seconds {
		at := int(s.At)
		q := s.Dist.Quantiles([]float64{0.50, 0.99})
		t.P50[at] = append(t.P50[at], q[0])
		t.P99[at] = append(t.P99[at], q[1])
		t.OK[at] = append(t.OK[at], float64(s.Dist.Count()))
		if s.Warmup {
			t.Warmup = max(t.Warmup, at+1)
		}
		bins := t.heat[at]
		if bins == nil {
			bins = map[int]uint64{}
			t.heat[at] = bins
		}
		for _, b := range s.Dist.Bins {
			bins[heatBin(b.Value)] += b.Count
		}
	}
}

// heatBin is the row of a latency in nanoseconds. A latency of 0 is drawn as one of
// 1 ns, because it has no logarithm.
func heatBin(value int64) int {
	return int(math.Floor(math.Log10(float64(max(1, value))/1e9) * binsPerDecade))
}

// addSamples takes what one trial's server used. A sample is taken every second, but a
// delay may put two of them into one second: then the higher counts. Samples of other
// servers than the one that the stream was sent to are passed over.
func (t *Timeline) addSamples(samples []results.Sample, server *results.ServerResult) {
	var highest [usedKinds]map[int]float64
	for i := range highest {
		highest[i] = map[int]float64{}
	}
	var before *results.Sample
	for k := range samples {
		s := &samples[k]
		if server != nil && s.Server != server.Name {
			continue
		}
		for i, read := range used {
			if v, ok := read(*s); ok {
				highest[i][int(s.At)] = max(highest[i][int(s.At)], v)
			}
		}
		if v, ok := cpus(before, s); ok {
			highest[CPU][int(s.At)] = max(highest[CPU][int(s.At)], v)
		}
		before = s
	}
	for i := range highest {
		for at, v := range highest[i] {
			t.Used[i][at] = append(t.Used[i][at], v)
		}
	}
}

// cpus is how many CPUs a server used from one sample to the next. It is false if a
// sample does not have the CPU time, or if the two are too close for ticks of 10 ms.
func cpus(before, s *results.Sample) (float64, bool) {
	const shortest = 0.25 // seconds
	if before == nil || before.CPU == nil || s.CPU == nil || s.At-before.At < shortest {
		return 0, false
	}
	return (*s.CPU - *before.CPU) / (s.At - before.At), true
}

// Heat is how many requests fell into boxes of time and latency: Counts[i][j] are the
// requests from Start+i*Step to Start+(i+1)*Step with a latency from Edges[j] to
// Edges[j+1].
type Heat struct {
	Start  float64     // in seconds since the attack began
	Step   float64     // in seconds; 1 unless the attack was very long
	Edges  []float64   // rising
	Counts [][]float64 // one row for each step of time
}

// HeatMap is the timeline as a heat map, with latencies in seconds times factor. It is
// nil if there were no requests.
func (t *Timeline) HeatMap(factor float64) *Heat {
	lowest, highest := math.MaxInt, math.MinInt
	for _, bins := range t.heat {
		for b := range bins {
			lowest, highest = min(lowest, b), max(highest, b)
		}
	}
	if lowest > highest {
		return nil
	}
	merge := 1 + (highest-lowest)/mostHeatBins
	rows := (highest-lowest)/merge + 1
	h := &Heat{}
	for i := range rows + 1 {
		h.Edges = append(h.Edges, math.Pow(10, float64(lowest+i*merge)/binsPerDecade)*factor)
	}
	seconds := slices.Sorted(maps.Keys(t.heat))
	first, span := seconds[0], seconds[len(seconds)-1]-seconds[0]
	step := 1 + span/mostHeatColumns
	h.Start, h.Step = float64(first), float64(step)
	h.Counts = make([][]float64, span/step+1)
	for i := range h.Counts {
		h.Counts[i] = make([]float64, rows)
	}
	for _, at := range seconds {
		for b, n := range t.heat[at] {
			h.Counts[(at-first)/step][(b-lowest)/merge] += float64(n)
		}
	}
	return h
}
