package attack

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/results"
)

// The bins of a tally are those of the bundle's histograms (see
// results.NewHistogram): whole numbers up to 2,047, and from there on 1,024 for
// every power of two.
const (
	halfBits = 10
	bins     = 32<<halfBits + 1<<halfBits // up to an hour in nanoseconds
)

// tally counts values as a histogram of the bundle does, and is cheaper where the
// load is made: to empty it costs a few microseconds, and to compress such a
// histogram half a millisecond and a megabyte, in which no answer is read.
type tally struct {
	counts []uint32 // by bin
	used   []uint32 // bins with a count, in the order of their first value
}

// bin is one that has a count.
type bin struct{ index, count uint32 }

func newTally() *tally { return &tally{counts: make([]uint32, bins)} }

// binOf is the bin of a value; those beyond the geometry are in its first or last.
func binOf(v time.Duration) uint32 {
	n := uint64(min(max(v, 0), time.Duration(results.MaxValue)))
	bucket := bits.Len64(n|(2<<halfBits-1)) - halfBits - 1
	return uint32(bucket)<<halfBits + uint32(n>>bucket)
}

// lowest is the least value of the bin.
func (b bin) lowest() int64 {
	if b.index < 1<<halfBits {
		return int64(b.index)
	}
	bucket := b.index>>halfBits - 1
	return int64(b.index-bucket<<halfBits) << bucket
}

func (t *tally) add(v time.Duration) {
	i := binOf(v)
	if t.counts[i] == 0 {
		t.used = append(t.used, i)
	}
	t.counts[i]++
}

// take empties the tally.
func (t *tally) take() []bin {
	all := make([]bin, len(t.used))
	for k, i := range t.used {
		all[k] = bin{i, t.counts[i]}
		t.counts[i] = 0
	}
	t.used = t.used[:0]
	return all
}

// pour adds bins to a histogram.
func pour(h *hdrhistogram.Histogram, all []bin) {
	for _, b := range all {
		// It has the geometry of the bins, so that none is outside.
		_ = h.RecordValues(b.lowest(), int64(b.count))
	}
}

// percentile is the nearest-rank percentile, as the lowest value of its bin; 0 if
// there are no values.
func percentile(all []bin, p float64) time.Duration {
	all = slices.SortedFunc(slices.Values(all), func(a, b bin) int { return cmp.Compare(a.index, b.index) })
	n := 0.0
	for _, b := range all {
		n += float64(b.count)
	}
	rank := math.Ceil(p * n)
	for _, b := range all {
		if rank -= float64(b.count); rank <= 0 {
			return time.Duration(b.lowest())
		}
	}
	return 0
}
