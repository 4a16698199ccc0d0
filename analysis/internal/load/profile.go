package load

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/assay-bench/assay/results"
)

// Bin is a number of equal values, in nanoseconds.
type Bin struct {
	Value int64
	Count uint64
}

// Distribution is a histogram as its occupied bins, in rising order, and the
// number of time-outs above all of them.
type Distribution struct {
	Bins     []Bin
	Timeouts uint64
}

// Count is the number of values, time-outs included.
func (d Distribution) Count() uint64 {
	n := d.Timeouts
	for _, b := range d.Bins {
		n += b.Count
	}
	return n
}

// Quantiles are the values in seconds at the given shares, which must rise: the
// smallest that at least that share does not exceed. Among time-outs it is +Inf,
// and without values NaN.
func (d Distribution) Quantiles(shares []float64) []float64 {
	total := d.Count()
	q := make([]float64, len(shares))
	seen, at := uint64(0), 0
	for i, p := range shares {
		rank := max(1, uint64(math.Ceil(p*float64(total)-1e-9*p*float64(total))))
		for at < len(d.Bins) && seen+d.Bins[at].Count < rank {
			seen += d.Bins[at].Count
			at++
		}
		switch {
		case total == 0:
			q[i] = math.NaN()
		case at == len(d.Bins):
			q[i] = math.Inf(1)
		default:
			q[i] = time.Duration(d.Bins[at].Value).Seconds()
		}
	}
	return q
}

// Merge adds distributions up.
func Merge(ds ...Distribution) Distribution {
	counts := map[int64]uint64{}
	var m Distribution
	for _, d := range ds {
		m.Timeouts += d.Timeouts
		for _, b := range d.Bins {
			counts[b.Value] += b.Count
		}
	}
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		m.Bins = append(m.Bins, Bin{v, counts[v]})
	}
	return m
}

// Second is what the requests of one second of an attack met.
type Second struct {
	At     float64 // start of the second, since the attack began
	Warmup bool
	Dist   Distribution // of the headline part, answered ok
}

// Profile is what the histograms of one trial's stream hold.
type Profile struct {
	Parts   map[string]Distribution // of the window, by "<part>.<outcome>"
	Seconds []Second
}

// Headline names the part whose distribution stands for the stream: what a user
// waits for where requests come on schedule, and what the server took where
// they come from a closed loop.
func (t Trial) Headline() string {
	if t.Facts.Open {
		return "response." + results.OK
	}
	return "service." + results.OK
}

// Profile reads the trial's interval log. The headline part gets the trial's
// time-outs, at +Inf.
func (r *Run) Profile(t Trial) (Profile, error) {
	merged := map[string]*hdrhistogram.Histogram{}
	p := Profile{Parts: map[string]Distribution{}}
	headline := t.Headline()
	err := r.Log(t.ID, func(in results.Interval) error {
		part, warmup, ok := partOf(in.Tag, t)
		if !ok {
			return nil
		}
		if part == headline {
			p.Seconds = append(p.Seconds, Second{in.Start.Seconds(), warmup, distribution(in.Hist)})
		}
		if warmup {
			return nil
		}
		h := merged[part]
		if h == nil {
			merged[part] = in.Hist
			return nil
		}
		if dropped := h.Merge(in.Hist); dropped > 0 {
			return fmt.Errorf("%d values of %s lie outside the histogram", dropped, in.Tag)
		}
		return nil
	})
	if err != nil {
		return Profile{}, err
	}
	for part, h := range merged {
		p.Parts[part] = distribution(h)
	}
	d := p.Parts[headline]
	d.Timeouts = t.Stream.Headline.Timeouts
	p.Parts[headline] = d
	slices.SortStableFunc(p.Seconds, func(a, b Second) int { return cmp.Compare(a.At, b.At) })
	return p, nil
}

// partOf takes a tag apart and says whether it belongs to the trial's stream.
func partOf(tag string, t Trial) (part string, warmup, ok bool) {
	rest, warm := strings.CutPrefix(tag, "warmup.")
	if stream, after, found := strings.Cut(rest, "/"); found {
		if stream != t.Stream.Name {
			return "", false, false
		}
		rest = after
	}
	rest, warmToo := strings.CutPrefix(rest, "warmup.")
	return rest, warm || warmToo, true
}

func distribution(h *hdrhistogram.Histogram) Distribution {
	var d Distribution
	for _, b := range h.Distribution() {
		if b.Count > 0 {
			d.Bins = append(d.Bins, Bin{b.To, uint64(b.Count)})
		}
	}
	return d
}
