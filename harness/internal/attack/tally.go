package attack

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/results"
)

// The bins of a tally are those of the bundle's histograms (see
// results.NewHistogram): whole numbers up to 2,047, and above that 1,024 bins for
// every power of two.
const (
	halfBits = 10
	bins     = 32<<halfBits + 1<<halfBits // up to an hour in nanoseconds
)

// tally counts values in the bins of a bundle's histogram, but costs less while the
// load runs. Emptying a tally takes a few microseconds. Compressing a histogram
// takes half a millisecond and a megabyte, and no answer is read meanwhile.
type tally struct {
	counts []uint32 // counts by bin
	used   []uint32 // bins that have a count, in the order of their first value
}

// bin is a bin that has a count.
type bin struct{ index, count uint32 }

// newTally makes a tally without values.
func newTally() *tally { return &tally{counts: make([]uint32, bins)} }

// binOf returns the bin of a value. A value outside the range belongs to the first
// or the last bin.
func binOf(v time.Duration) uint32 {
	n := uint64(min(max(v, 0), time.Duration(results.MaxValue)))
	bucket := bits.Len64(n|(2<<halfBits-1)) - halfBits - 1
	return uint32(bucket)<<halfBits + uint32(n>>bucket)
}

// lowest returns the smallest value of the bin.
func (b bin) lowest() int64 {
	if b.index < 1<<halfBits {
		return int64(b.index)
	}
	bucket := b.index>>halfBits - 1
	return int64(b.index-bucket<<halfBits) << bucket
}

// add counts a value.
func (t *tally) add(v time.Duration) {
	i := binOf(v)
	if t.counts[i] == 0 {
		t.used = append(t.used, i)
	}
	t.counts[i]++
}

// total returns how many values were added.
func (t *tally) total() (n uint64) {
	for _, i := range t.used {
		n += uint64(t.counts[i])
	}
	return n
}

// take returns the bins that have a count, and empties the tally.
func (t *tally) take() packedBins {
	all := make(packedBins, 0, 3*len(t.used))
	last := uint32(0)
	for _, i := range t.used {
		all = binary.AppendVarint(all, int64(i)-int64(last))
		all = binary.AppendUvarint(all, uint64(t.counts[i]))
		t.counts[i], last = 0, i
	}
	t.used = t.used[:0]
	return all
}

// packedBins is bins as a load keeps them until its end: of each, the distance of its
// index to the index before it and its count, as varints. A bin so takes about three
// bytes, where it takes eight in memory. That keeps a generator small which runs for
// long at a high rate.
type packedBins []byte

// bins appends the bins to all, in the order in which they were packed.
func (p packedBins) bins(all []bin) []bin {
	index := int64(0)
	for len(p) > 0 {
		step, n := binary.Varint(p)
		count, m := binary.Uvarint(p[n:])
		p = p[n+m:]
		index += step
		all = append(all, bin{uint32(index), uint32(count)})
	}
	return all
}

// sound reports whether packed bins that came from elsewhere can be read.
func (p packedBins) sound() bool {
	for index := int64(0); len(p) > 0; {
		step, n := binary.Varint(p)
		if n <= 0 {
			return false
		}
		count, m := binary.Uvarint(p[n:])
		if index += step; m <= 0 || index < 0 || index >= bins || count == 0 || count > math.MaxUint32 {
			return false
		}
		p = p[n+m:]
	}
	return true
}

// pour adds bins to a histogram.
func pour(h *hdrhistogram.Histogram, all []bin) {
	for _, b := range all {
		// The histogram has the same range as the bins, so no value is outside.
		_ = h.RecordValues(b.lowest(), int64(b.count))
	}
}

// binTotal adds up the bins of many seconds: counts by index, in pages that are made
// when one of their bins has a count. Latencies span few pages, so a total takes much
// less memory than a histogram does, and a stream may have many targets.
type binTotal [bins >> halfBits]*[1 << halfBits]uint64

// add adds bins and returns the sum. A nil sum is empty.
func (t *binTotal) add(all []bin) *binTotal {
	if t == nil {
		t = new(binTotal)
	}
	for _, b := range all {
		page := &t[b.index>>halfBits]
		if *page == nil {
			*page = new([1 << halfBits]uint64)
		}
		(*page)[b.index&(1<<halfBits-1)] += uint64(b.count)
	}
	return t
}

// pour adds the sum to a histogram.
func (t *binTotal) pour(h *hdrhistogram.Histogram) {
	if t == nil {
		return
	}
	for number, page := range t {
		if page == nil {
			continue
		}
		for i, count := range page {
			if count > 0 {
				// The histogram has the same range as the bins, so no value is outside.
				_ = h.RecordValues(bin{index: uint32(number<<halfBits + i)}.lowest(), int64(count))
			}
		}
	}
}

// percentile returns the nearest-rank percentile, as the lowest value of its bin, or
// 0 if there are no values.
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
