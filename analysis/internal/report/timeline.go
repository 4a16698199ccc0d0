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
	p50, p99   map[int][]float64
	goroutines map[int][]float64
	rss        map[int][]float64
	heat       map[int]map[int]uint64 // by second and bin
	warmup     int                    // seconds of it
}

// binsPerDecade is the resolution of heat maps, mostHeatBins how many rows one
// may have.
const (
	binsPerDecade = 20
	mostHeatBins  = 32
)

func newTimeline() *timeline {
	return &timeline{
		p50: map[int][]float64{}, p99: map[int][]float64{}, goroutines: map[int][]float64{}, rss: map[int][]float64{},
		heat: map[int]map[int]uint64{},
	}
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

// addSamples keeps the highest reading of every second of one trial.
func (t *timeline) addSamples(samples []results.Sample) {
	goroutines, rss := map[int]float64{}, map[int]float64{}
	for _, s := range samples {
		at := int(s.At)
		if s.Goroutines != nil {
			goroutines[at] = max(goroutines[at], *s.Goroutines)
		}
		if s.RSSBytes != nil {
			rss[at] = max(rss[at], float64(*s.RSSBytes))
		}
	}
	for at, v := range goroutines {
		t.goroutines[at] = append(t.goroutines[at], v)
	}
	for at, v := range rss {
		t.rss[at] = append(t.rss[at], v)
	}
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
