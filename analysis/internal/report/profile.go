package report

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// shares is where latency curves are evaluated: evenly on an axis on which every
// further nine has the same room, up to 99.999 %.
var shares = func() []float64 {
	var s []float64
	for i := 0; i <= 100; i++ {
		s = append(s, 1-math.Pow(10, -float64(i)/20))
	}
	return s
}()

// curves is a cell's latency by percentile: the median over trials at every
// share that all of its trials have enough values for, with intervals.
type curves []stats.Estimate

// ledger is one part of the headline latency: medians over trials of the part's
// own quantiles, in seconds.
type ledger struct{ p50, p99, p999 stats.Estimate }

// ledgerShares are the quantiles of a ledger.
var ledgerShares = []float64{0.50, 0.99, 0.999}

// ledgerParts are what a request's time is made of, in the order in which it
// passes.
var ledgerParts = []struct{ part, words string }{
	{"lag", "generator (lag)"},
	{"conn-wait", "waiting for a connection"},
	{"service", "service, as the client sees it"},
	{"queue", "server: queue"},
	{"store", "server: store"},
	{"total", "server: whole handler"},
}

// readTrial is what is read of one trial.
type readTrial struct {
	profile load.Profile
	samples []results.Sample
	errs    []error
}

// eachTrial reads trials on all CPUs and hands them on in their order. Few are
// held at a time, so that memory does not grow with their number.
func eachTrial(run *load.Run, trials []load.Trial, yield func(load.Trial, readTrial)) {
	for chunk := range slices.Chunk(trials, 2*runtime.GOMAXPROCS(0)) {
		read := make([]readTrial, len(chunk))
		var wg sync.WaitGroup
		for i, t := range chunk {
			wg.Go(func() {
				var err error
				r := &read[i]
				if r.profile, err = run.Profile(t); err != nil {
					r.errs = append(r.errs, err)
				}
				if r.samples, err = run.Samples(t.ID); err != nil {
					r.errs = append(r.errs, err)
				}
			})
		}
		wg.Wait()
		for i, t := range chunk {
			yield(t, read[i])
		}
	}
}

// profile reads the histograms and samples of the cell's trials and keeps
// quantiles only. It returns what could not be read.
func (c *cell) profile(run *load.Run) (notes []string) {
	at := make([][]float64, len(shares))
	parts := map[string]*[3][]float64{}
	c.time = newTimeline()
	fewest := uint64(math.MaxUint64)
	eachTrial(run, c.Trials, func(t load.Trial, r readTrial) {
		for _, err := range r.errs {
			notes = append(notes, relative(err.Error(), run.Dir))
		}
		p := r.profile
		c.time.add(p.Seconds)
		c.time.addSamples(r.samples, t.Server)
		if unsteady(p.Seconds) {
			c.uneven++
		}
		head := p.Parts[t.Headline()]
		c.pooled = append(c.pooled, counts(head))
		if n := head.Count(); n > 0 {
			fewest = min(fewest, n)
			for i, q := range head.Quantiles(shares) {
				at[i] = append(at[i], q)
			}
		}
		for _, l := range ledgerParts {
			d, ok := p.Parts[results.PartOf(l.part, results.OK)]
			if !ok || d.Count() == 0 {
				continue
			}
			v := parts[l.part]
			if v == nil {
				v = new([3][]float64)
				parts[l.part] = v
			}
			for i, q := range d.Quantiles(ledgerShares) {
				v[i] = append(v[i], q)
			}
		}
	})
	c.curves = make(curves, 0, len(shares))
	for i, values := range at {
		// The last value of a sample stands for 1/n of it.
		if len(values) == 0 || (1-shares[i])*float64(fewest) < 1-1e-9 {
			break
		}
		c.curves = append(c.curves, stats.Median(values))
	}
	c.parts = map[string]ledger{}
	for name, v := range parts {
		c.parts[name] = ledger{stats.Median(v[0]), stats.Median(v[1]), stats.Median(v[2])}
	}
	return notes
}

// steadyLevel is the level of the test for steady state: strict, because it is
// made for every trial.
const steadyLevel = 0.01

// unsteady reports whether the median latency of single seconds changes its
// level for good inside the window.
func unsteady(seconds []load.Second) bool {
	var medians []float64
	for _, s := range seconds {
		if !s.Warmup {
			medians = append(medians, s.Dist.Quantiles([]float64{0.5})[0])
		}
	}
	_, p := stats.ChangePoint(medians)
	return p <= steadyLevel
}

// counts brings a distribution to the form in which it is pooled.
func counts(d load.Distribution) stats.Counts {
	c := stats.Counts{Beyond: d.Timeouts, Values: make([]float64, len(d.Bins)), Counts: make([]uint64, len(d.Bins))}
	for i, b := range d.Bins {
		c.Values[i], c.Counts[i] = float64(b.Value)/1e9, b.Count
	}
	return c
}
