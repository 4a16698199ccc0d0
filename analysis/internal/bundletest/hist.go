package bundletest

import (
	"maps"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/assay-bench/assay/results"
)

type hist struct{ *hdrhistogram.Histogram }

// record adds a value in seconds to the named part.
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

func merge(all map[string]*hist, part string, h *hist) {
	sum := all[part]
	if sum == nil {
		sum = &hist{results.NewHistogram()}
		all[part] = sum
	}
	sum.Merge(h.Histogram)
}

func partNames(parts map[string]*hist) []string { return slices.Sorted(maps.Keys(parts)) }
