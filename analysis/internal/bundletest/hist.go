package bundletest

import (
	"maps"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/results"
)

// hist is a histogram of latencies in nanoseconds.
type hist struct{ *hdrhistogram.Histogram }

// scratch holds histograms that are used again for every trial: making them is
// slow under the race detector.
type scratch struct {
	parts, all map[string]*hist
	made       []madeTrial // the first trials of a bundle of many
}

// madeTrial is a trial whose log and result later trials repeat.
type madeTrial struct {
	id     string
	stream results.StreamResult
}

// reset empties all histograms for the next trial.
func (s *scratch) reset() {
	if s.parts == nil {
		s.parts, s.all = map[string]*hist{}, map[string]*hist{}
	}
	reset(s.parts)
	reset(s.all)
}

// reset empties histograms. One that is empty is left alone, because emptying costs as
// much as recording thousands of values.
func reset(m map[string]*hist) {
	for _, h := range m {
		if h.TotalCount() > 0 {
			h.Reset()
		}
	}
}

// record adds a value in seconds to the named part. It panics for a value above an hour,
// which no shape has.
func record(parts map[string]*hist, part string, seconds float64) {
	h := parts[part]
	if h == nil {
		h = &hist{results.NewHistogram()}
		parts[part] = h
	}
	if err := h.RecordValue(int64(seconds * 1e9)); err != nil {
		panic(err) // a value above an hour: the shapes are wrong
	}
}

// merge adds a second to the histogram of the whole window.
func merge(all map[string]*hist, part string, h *hist) {
	if h.TotalCount() == 0 {
		return
	}
	sum := all[part]
	if sum == nil {
		sum = &hist{results.NewHistogram()}
		all[part] = sum
	}
	sum.Merge(h.Histogram)
}

// partNames gives the parts an order, so that the same plan makes the same file.
func partNames(parts map[string]*hist) []string { return slices.Sorted(maps.Keys(parts)) }
