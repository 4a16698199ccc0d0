package report

import (
	"maps"
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// timeline is what a cell's trials looked like second by second: medians over
// trials, and all requests by latency for the heat map.
type timeline struct {
	p50, p99 map[int][]float64
	used     [usedKinds]map[int][]float64 // what the server used, by second
	heat     map[int]map[int]uint64       // by second and bin
	warmup   int                          // seconds of it
}

// binsPerDecade is the resolution of heat maps, mostHeatBins how many rows one
// may have.
const (
	binsPerDecade = 20
	mostHeatBins  = 32
)

// What a server uses over time.
const (
	usedGoroutines = iota
	usedMemory
	usedConnections
	usedKinds
)

// used reads what a sample says of each; absent readings are false.
var used = [usedKinds]func(results.Sample) (float64, bool){
	usedGoroutines: func(s results.Sample) (float64, bool) {
		if s.Goroutines == nil {
			return 0, false
		}
		return *s.Goroutines, true
	},
	usedMemory: func(s results.Sample) (float64, bool) {
		if s.RSSBytes == nil {
			return 0, false
		}
		return float64(*s.RSSBytes), true
	},
	usedConnections: func(s results.Sample) (float64, bool) {
		v, ok := s.Metrics["assay_store_connections_in_use"]
		return v + s.Metrics["assay_store_connections_idle"], ok
	},
}

func newTimeline() *timeline {
	t := &timeline{p50: map[int][]float64{}, p99: map[int][]float64{}, heat: map[int]map[int]uint64{}}
	for i := range t.used {
		t.used[i] = map[int][]float64{}
	}
	return t
}

func (t *timeline) add(seconds []load.Second) {
	for _, s := range seconds {
		at := int(s.At)
		q := s.Dist.Quantiles([]float64{0.50, 0.99})
		t.p50[at] = append(t.p50[at], q[0])
		t.p99[at] = append(t.p99[at], q[1])
		if s.Warmup {
			t.warmup = max(t.warmup, at+1)
		}
		bins := t.heat[at]
		if bins == nil {
			bins = map[int]uint64{}
			t.heat[at] = bins
		}
		for _, b := range s.Dist.Bins {
			bins[int(math.Floor(math.Log10(float64(b.Value)/1e9)*binsPerDecade))] += b.Count
		}
	}
}

// addSamples keeps the reading of every second of one trial (there is one, or by
// delay two: then the higher), of the server that the stream was sent to: a trial
// may have others.
func (t *timeline) addSamples(samples []results.Sample, server *results.ServerResult) {
	var highest [usedKinds]map[int]float64
	for i := range highest {
		highest[i] = map[int]float64{}
	}
	for _, s := range samples {
		if server != nil && s.Server != server.Name {
			continue
		}
		for i, read := range used {
			if v, ok := read(s); ok {
				highest[i][int(s.At)] = max(highest[i][int(s.At)], v)
			}
		}
	}
	for i := range highest {
		for at, v := range highest[i] {
			t.used[i][at] = append(t.used[i][at], v)
		}
	}
}

// over is a line of estimates by second: medians over trials, times a factor,
// with their intervals as a band.
func over(bySecond map[int][]float64, factor float64) (l plot.Line) {
	for _, at := range slices.Sorted(maps.Keys(bySecond)) {
		e := stats.Median(bySecond[at])
		l.X = append(l.X, float64(at))
		l.Y = append(l.Y, e.Center*factor)
		l.Low = append(l.Low, e.Low*factor)
		l.High = append(l.High, e.High*factor)
	}
	return l
}

// medians are the medians over trials by second, times a factor.
func medians(bySecond map[int][]float64, factor float64) (x, y []float64) {
	for _, at := range slices.Sorted(maps.Keys(bySecond)) {
		x = append(x, float64(at))
		y = append(y, stats.Median(bySecond[at]).Center*factor)
	}
	return x, y
}

// heatMap is the timeline's heat map in a unit, or nil without requests.
func (t *timeline) heatMap(unit scale) *plot.Heat {
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
	h := &plot.Heat{Step: 1, Shade: float64(t.warmup)}
	for i := range rows + 1 {
		h.Edges = append(h.Edges, math.Pow(10, float64(lowest+i*merge)/binsPerDecade)*unit.factor)
	}
	seconds := slices.Sorted(maps.Keys(t.heat))
	h.Start = float64(seconds[0])
	h.Counts = make([][]float64, seconds[len(seconds)-1]-seconds[0]+1)
	for i := range h.Counts {
		h.Counts[i] = make([]float64, rows)
		for b, n := range t.heat[seconds[0]+i] {
			h.Counts[i][(b-lowest)/merge] += float64(n)
		}
	}
	return h
}
