package load

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/results"
)

// Distribution is a histogram: its occupied bins in rising order, and the number of
// time-outs, which are above all bins.
type Distribution struct {
	// Bins hold their highest value in nanoseconds.
	Bins     []results.Bin
	Timeouts uint64 // values that count as +∞
}

// Count returns the number of values, including time-outs.
func (d Distribution) Count() uint64 {
	n := d.Timeouts
	for _, b := range d.Bins {
		n += b.Count
	}
	return n
}

// Quantiles returns the quantiles at the given shares, in seconds. The shares must
// rise. A quantile is the smallest value that is at least as large as that share of
// the values. Among time-outs it is +Inf, and without values it is NaN.
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

// Merge adds up distributions. It merges halves first, which keeps the work nearly
// linear in the number of bins.
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

// Second is what happened to the requests of one second of an attack.
type Second struct {
	At     float64      // start of the second, in seconds since the start of the attack
	Warmup bool         // the second lies before the window
	Dist   Distribution // distribution of the headline part, for requests answered ok
}

// Profile is the headline part of one stream of a trial, from its histograms.
type Profile struct {
	Window  Distribution // distribution over the measured window; time-outs count as +Inf
	Seconds []Second     // in order, including the warm-up
}

// Headline returns the part whose distribution stands for the stream: the response
// time under open load, which a user waits for, and the service time under closed
// load.
func (t Trial) Headline() string {
	return results.PartOf(results.HeadlinePart(t.Stream.Model), results.OK)
}

// Profile reads the headline part from the interval log of the trial.
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

// partOf parses a tag, and reports whether it belongs to the stream of the trial.
func (t Trial) partOf(text string) (tag results.Tag, ok bool) {
	tag, ok = results.ParseTag(text)
	return tag, ok && (tag.Stream == "" || tag.Stream == t.Stream.Name) && tag.Target == ""
}
