package load

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/results"
)

// Distribution is a histogram as its occupied bins, in rising order, and the
// number of time-outs above all of them.
type Distribution struct {
	Bins     []results.Bin
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

// Merge adds distributions up. Merging halves first keeps the work near linear
// in the number of bins.
func Merge(ds ...Distribution) Distribution {
	switch len(ds) {
	case 0:
		return Distribution{}
	case 1:
		return ds[0]
	}
	a, b := Merge(ds[:len(ds)/2]...), Merge(ds[len(ds)/2:]...)
	m := Distribution{Timeouts: a.Timeouts + b.Timeouts, Bins: make([]results.Bin, 0, max(len(a.Bins), len(b.Bins)))}
	for i, j := 0, 0; i < len(a.Bins) || j < len(b.Bins); {
		switch {
		case j == len(b.Bins) || i < len(a.Bins) && a.Bins[i].Value < b.Bins[j].Value:
			m.Bins = append(m.Bins, a.Bins[i])
			i++
		case i == len(a.Bins) || b.Bins[j].Value < a.Bins[i].Value:
			m.Bins = append(m.Bins, b.Bins[j])
			j++
		default:
			m.Bins = append(m.Bins, results.Bin{Value: a.Bins[i].Value, Count: a.Bins[i].Count + b.Bins[j].Count})
			i++
			j++
		}
	}
	return m
}

// Second is what the requests of one second of an attack met.
type Second struct {
	At     float64 // start of the second, since the attack began
	Warmup bool
	Dist   Distribution // of the headline part, answered ok
}

// Profile is the headline part of one trial's stream, as its histograms hold it.
type Profile struct {
	Window  Distribution // of the measured window; the trial's time-outs at +Inf
	Seconds []Second     // in their order, warm-up included
}

// Headline names the part whose distribution stands for the stream: what a user
// waits for where requests come on schedule, and what the server took where
// they come from a closed loop.
func (t Trial) Headline() string {
	return results.PartOf(results.HeadlinePart(t.Stream.Model), results.OK)
}

// Profile reads the headline part of the trial's interval log.
func (r *Run) Profile(t Trial) (Profile, error) {
	var p Profile
	var window []Distribution
	headline := t.Headline()
	wanted := func(tag string) bool {
		part, ok := t.partOf(tag)
		return ok && results.PartOf(part.Part, part.Outcome) == headline
	}
	err := r.Bins(t.ID, wanted, func(tag string, start time.Duration, bins []results.Bin) error {
		of, _ := t.partOf(tag)
		d := Distribution{Bins: bins}
		p.Seconds = append(p.Seconds, Second{start.Seconds(), of.Warmup, d})
		if !of.Warmup {
			window = append(window, d)
		}
		return nil
	})
	if err != nil {
		return Profile{}, err
	}
	p.Window = Merge(window...)
	p.Window.Timeouts = t.Stream.Headline.Timeouts
	slices.SortStableFunc(p.Seconds, func(a, b Second) int { return cmp.Compare(a.At, b.At) })
	return p, nil
}

// partOf takes a tag apart and says whether it belongs to the trial's stream.
func (t Trial) partOf(text string) (tag results.Tag, ok bool) {
	tag, ok = results.ParseTag(text)
	return tag, ok && (tag.Stream == "" || tag.Stream == t.Stream.Name)
}
