package measured

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/results"
)

// curveShares are the shares of requests at which latency curves are evaluated, from
// 0 to 99.999 %. They are even steps on an axis on which 90 %, 99 % and 99.9 % have
// the same distance from each other.
var curveShares = func() []float64 {
	var s []float64
	for i := 0; i <= 100; i++ {
		s = append(s, 1-math.Pow(10, -float64(i)/20))
	}
	return s
}()

// Shares are the shares at which curves are evaluated, in rising order.
func Shares() []float64 { return slices.Clone(curveShares) }

// Quantile is the latency below which a share of the requests lies: the median over
// trials, with its interval, in seconds.
type Quantile struct {
	// Share is from 0 to 1: 0.99 belongs to the p99.
	Share   float64
	Latency stats.Estimate // +Inf among time-outs
}

// Ledger is one part of the headline latency: medians over trials of the part's
// own quantiles, in seconds.
type Ledger struct{ P50, P99, P999 stats.Estimate }

// LedgerParts are what a request's time is made of, in the order in which a
// request passes through them. Dial and handshake are within the wait for a
// connection, of the requests for which one was opened. The phases queue and store, and
// total, which is all that the server's handler did, belong to the server. Handling comes
// after the last byte, in the generator, and is in no response time.
var LedgerParts = []string{"lag", "conn-wait", results.PartDial, results.PartHandshake, "service", "queue", "store", "total", results.PartHandling}

// ledgerShares are the quantiles of a ledger.
var ledgerShares = []float64{0.50, 0.99, 0.999}

// readTrial is what is read of one trial.
type readTrial struct {
	profile load.Profile
	samples []results.Sample
	errs    []error
}

// eachTrial reads trials on all CPUs and hands them on in their order. It holds only
// two trials per CPU at a time, so that memory does not grow with their number.
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

// profile reads the histograms and samples of the variant's trials and keeps
// quantiles only. It returns what could not be read.
func (v *Variant) profile(run *load.Run) (problems []error) {
	curve := newCurve()
	parts := ledgers{}
	v.Time = newTimeline()
	eachTrial(run, v.Trials, func(t load.Trial, r readTrial) {
		problems = append(problems, r.errs...)
		v.Time.add(r.profile.Seconds)
		v.Time.addSamples(r.samples, t.Server)
		if unsteady(r.profile.Seconds) {
			v.Uneven++
		}
		headline := r.profile.Window
		v.Pooled = append(v.Pooled, counts(headline))
		curve.add(headline)
		parts.add(t, headline)
	})
	v.Curve, v.Parts = curve.medians(), parts.medians()
	return problems
}

// curve collects the latency of several trials at every one of curveShares.
type curve struct {
	values [][]float64 // by share
	fewest uint64      // requests of a trial
}

// newCurve makes a curve of no trial yet.
func newCurve() *curve {
	return &curve{values: make([][]float64, len(curveShares)), fewest: math.MaxUint64}
}

// add takes the headline latency of one trial. A trial without a request adds
// nothing.
func (c *curve) add(d load.Distribution) {
	n := d.Count()
	if n == 0 {
		return
	}
	c.fewest = min(c.fewest, n)
	for i, q := range d.Quantiles(curveShares) {
		c.values[i] = append(c.values[i], q)
	}
}

// medians are the quantiles up to the last share that every trial can show: in a
// trial of n requests the slowest request stands for the share 1/n.
func (c *curve) medians() (all []Quantile) {
	for i, values := range c.values {
		if len(values) == 0 || (1-curveShares[i])*float64(c.fewest) < 1-1e-9 {
			break
		}
		all = append(all, Quantile{curveShares[i], stats.Median(values)})
	}
	return all
}

// ledgers collects the quantiles of the parts of a request over several trials: by
// part, and in the order of ledgerShares.
type ledgers map[string]*[3][]float64

// add takes the parts of the successful requests of one trial. The headline part
// has the trial's time-outs; the others stand in the trial's own record, and a slim
// bundle has no histograms of them.
func (l ledgers) add(t load.Trial, headline load.Distribution) {
	for _, part := range LedgerParts {
		quantiles := recorded(t.Stream.Part(part, results.OK))
		if results.PartOf(part, results.OK) == t.Headline() && headline.Count() > 0 {
			quantiles = headline.Quantiles(ledgerShares)
		}
		if quantiles == nil {
			continue
		}
		if l[part] == nil {
			l[part] = new([3][]float64)
		}
		for i, q := range quantiles {
			l[part][i] = append(l[part][i], q)
		}
	}
}

// recorded are the quantiles of a part at ledgerShares, in seconds, from the
// trial's own record; nil if it does not have them all.
func recorded(q results.Quantiles) []float64 {
	var all []float64
	for _, share := range ledgerShares {
		at := q.At(share)
		if at == nil {
			return nil
		}
		all = append(all, time.Duration(*at).Seconds())
	}
	return all
}

// medians are the medians over trials of every part that some trial has.
func (l ledgers) medians() map[string]Ledger {
	all := map[string]Ledger{}
	for part, v := range l {
		all[part] = Ledger{stats.Median(v[0]), stats.Median(v[1]), stats.Median(v[2])}
	}
	return all
}

// SteadyLevel is the significance level of the test for steady state. It is strict
// because the test is made for every trial.
const SteadyLevel = 0.01

// unsteady reports whether the median latency of single seconds moves to another
// level inside the measured window and stays there.
func unsteady(seconds []load.Second) bool {
	var medians []float64
	for _, s := range seconds {
		if !s.Warmup {
			medians = append(medians, s.Dist.Quantiles([]float64{0.5})[0])
		}
	}
	_, p := stats.ChangePoint(medians)
	return p <= SteadyLevel
}

// counts brings a distribution to the form that stats.Pooled takes, in seconds.
func counts(d load.Distribution) stats.Counts {
	c := stats.Counts{Beyond: d.Timeouts, Values: make([]float64, len(d.Bins)), Counts: make([]uint64, len(d.Bins))}
	for i, b := range d.Bins {
		c.Values[i], c.Counts[i] = float64(b.Value)/1e9, b.Count
	}
	return c
}
