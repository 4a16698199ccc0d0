package explore

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"runtime"

	"github.com/assay-bench/assay/results"
)

// half is the number of bins in each doubling of a histogram with three digits.
const half = 1024

// workers is how many panels are packed at a time.
func workers() int { return runtime.GOMAXPROCS(0) }

// packBins packs the histograms of a panel: the headline part of every trial, by second
// of the measured window. Time-outs are in no bin.
//
// The format is a row of unsigned LEB128 numbers: the number of series; for each of
// them the number of trials; for each trial the number of its seconds; for each second
// when it begins, the number of its bins and the index of every bin as the distance
// from the one before it; and after all of this the counts of all bins, in the same
// order. Indices and counts stand apart because they compress better so.
func packBins(p *panel) ([]byte, error) {
	var places, counts []byte
	put := func(n uint64) { places = binary.AppendUvarint(places, n) }
	all := p.series()
	put(uint64(len(all)))
	for _, s := range all {
		put(uint64(len(s.variant.Trials)))
		for _, t := range s.variant.Trials {
			profile, err := s.group.Scenario.Run.Profile(t)
			if err != nil {
				// Compute has read the same log and says what is wrong with it.
				put(0)
				continue
			}
			seconds := profile.Seconds[:0]
			for _, sec := range profile.Seconds {
				if !sec.Warmup {
					seconds = append(seconds, sec)
				}
			}
			put(uint64(len(seconds)))
			for _, sec := range seconds {
				put(uint64(sec.At))
				put(uint64(len(sec.Dist.Bins)))
				last := uint64(0)
				for _, b := range sec.Dist.Bins {
					index := indexOf(b)
					put(index - last)
					last = index
					counts = binary.AppendUvarint(counts, b.Count)
				}
			}
		}
	}
	return pack(append(places, counts...))
}

// indexOf is the place of a bin in a histogram of three digits whose lowest value is 1.
// Assay writes no others. A bin of a histogram with more digits falls into the one that
// contains it, so what the page computes is right to three digits.
func indexOf(b results.Bin) uint64 {
	v := uint64(max(0, b.Value))
	if v < 2*half {
		return v
	}
	shift := bits.Len64(v) - bits.Len64(2*half-1)
	return uint64(shift)*half + v>>shift
}

// packJSON packs a value as JSON.
func packJSON(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return pack(data)
}

// pack compresses data as raw DEFLATE, which browsers can read.
func pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
