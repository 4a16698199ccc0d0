package claims

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// Metrics beyond the units of bench.txt. Those with a direction, and those that are
// shares, have a row in package metric too.
const (
	MeanOfAll       = "mean-of-all-sec"          // time of all answers, refusals and errors too
	P99OfAll        = "of-all-p99-sec"           // the same
	MeanRefused     = "mean-of-refused-sec"      // time until a refusal
	Failed          = "failed-ratio"             // errors, refusals and time-outs
	OwnGoroutines   = "pattern-goroutines"       // see goroutines.go
	HitRate         = "reuse-hit-ratio"          // hits of all gets
	HitRateCounted  = "reuse-counted-hit-ratio"  // every get a hit, and misses once more, as the study counted
	BytesPerAnswer  = "body-bytes"               // of answers, per answer of any kind
	TailOverMedian  = "p99-over-p50"             // of successful answers
	SuccessfulSpeed = "answers-per-sec-waited/s" // 1 / mean time of successful answers
)

// metrics computes the metrics above from a trial.
var metrics = map[string]func(*load.Run, load.Trial) (float64, bool, error){
	MeanOfAll:       pure(func(t load.Trial) (float64, bool) { return load.MeanTime(t.Stream) }),
	P99OfAll:        p99OfAll,
	MeanRefused:     pure(meanRefused),
	Failed:          pure(failed),
	OwnGoroutines:   mostGoroutines,
	leastGoroutines: fewestGoroutines,
	HitRate:         reuse(func(gets, misses float64) float64 { return (gets - misses) / gets }),
	HitRateCounted:  reuse(func(gets, misses float64) float64 { return gets / (gets + misses) }),
	BytesPerAnswer:  pure(bytesPerAnswer),
	TailOverMedian:  pure(tailOverMedian),
	SuccessfulSpeed: pure(speed),
}

// pure adapts a metric that needs nothing but the trial.
func pure(f func(load.Trial) (float64, bool)) func(*load.Run, load.Trial) (float64, bool, error) {
	return func(_ *load.Run, t load.Trial) (float64, bool, error) {
		v, ok := f(t)
		return v, ok, nil
	}
}

// value is a metric of one trial.
func value(run *load.Run, t load.Trial, name string) (float64, bool, error) {
	if f, ok := metrics[name]; ok {
		return f(run, t)
	}
	v, ok := t.Figures[name]
	return v, ok, nil
}

// minValues is how many values a trial needs for a metric to be judged.
func minValues(name string) uint64 {
	if name == TailOverMedian {
		return units.MinValues("p99-sec")
	}
	return units.MinValues(name)
}

// isLatency reports whether a metric is a time of requests, or is derived from one. Such
// a metric means nothing if the server fell behind its schedule.
func isLatency(name string) bool { return name == MeanOfAll || name == P99OfAll || ofSuccesses(name) }

// ofSuccesses reports whether a metric is a time of successful requests. Two servers
// that refuse different shares of the requests differ in which requests succeed.
func ofSuccesses(name string) bool {
	return units.IsLatency(name) || name == SuccessfulSpeed || name == TailOverMedian
}

// generatorShare returns the part that the generator's own delay has in a metric. For
// what is derived from times of requests it is that in the p99. It is NaN for metrics
// that are not derived from such times.
func generatorShare(f compare.Facts, name string) float64 {
	switch {
	case units.IsLatency(name):
		return f.Share(name)
	case isLatency(name):
		return f.GeneratorShare
	}
	return math.NaN()
}

// limited reports whether a metric may be the generator's and not the server's in some
// trial, because the generator limited the load. What a server answers, and what it reuses,
// does not depend on how much is asked.
func limited(f compare.Facts, name string) bool {
	switch name {
	case BytesPerAnswer, HitRate, HitRateCounted:
		return false
	}
	return f.LimitedIn(name) > 0
}

// valuesOf is how many values a metric of a trial was taken from.
func valuesOf(t load.Trial, name string) uint64 {
	if name == P99OfAll {
		return t.Stream.Recorded
	}
	return t.Facts.Values
}

// p99OfAll is the p99 over all answers, as the study took it: refusals and errors count
// with the time that they took. It has to be read from the histograms, because no
// record of a trial joins outcomes.
func p99OfAll(run *load.Run, t load.Trial) (float64, bool, error) {
	stream := ""
	if len(run.Manifest.Scenario(t.Scenario).Streams) > 1 {
		stream = t.Stream.Name
	}
	var all []load.Distribution
	// Time-outs have a place in the log, by when they were given up, and count
	// below as +∞.
	wanted := func(text string) bool {
		tag, ok := results.ParseTag(text)
		return ok && tag.Stream == stream && tag.Target == "" && !tag.Warmup && tag.Part == results.HeadlinePart(t.Stream.Model) && tag.Outcome.Ended()
	}
	err := run.Bins(t.ID, wanted, func(_ string, _ time.Duration, bins []results.Bin) error {
		all = append(all, load.Distribution{Bins: slices.Clone(bins)})
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("trial %s: %w", t.ID, err)
	}
	d := load.Merge(all...)
	d.Timeouts = t.Stream.Outcomes.Timeout
	return d.Quantiles([]float64{0.99})[0], d.Count() > 0, nil
}

// meanRefused is the mean time to a refusal, in seconds.
func meanRefused(t load.Trial) (float64, bool) {
	q := t.Stream.Part(results.HeadlinePart(t.Stream.Model), results.Rejected)
	if q.Mean == nil {
		return 0, false
	}
	return *q.Mean / 1e9, true
}

// failed is the share of the requests that were not answered ok, whatever became of
// them.
func failed(t load.Trial) (float64, bool) {
	o := t.Stream.Outcomes
	if o.Total() == 0 {
		return 0, false
	}
	return float64(o.Total()-o.OK) / float64(o.Total()), true
}

// bytesPerAnswer is the mean length of a body. Time-outs have none.
func bytesPerAnswer(t load.Trial) (float64, bool) {
	n := t.Stream.Outcomes.Total() - t.Stream.Outcomes.Timeout
	return float64(t.Stream.BytesIn) / float64(n), n > 0
}

// tailOverMedian is how many times as long as the median the p99 is.
func tailOverMedian(t load.Trial) (float64, bool) {
	p50, p99 := t.Stream.Headline.At(0.50), t.Stream.Headline.At(0.99)
	if p50 == nil || p99 == nil || *p50 == 0 {
		return 0, false
	}
	return *p99 / *p50, true
}

// speed is the reciprocal of the mean time of a success, so that more is better.
func speed(t load.Trial) (float64, bool) {
	v, ok := t.Figures["mean-sec"]
	return 1 / v, ok && v > 0
}

// reuse reads the server's counters of reused objects from the last sample that
// has them.
func reuse(rate func(gets, misses float64) float64) func(*load.Run, load.Trial) (float64, bool, error) {
	return func(run *load.Run, t load.Trial) (float64, bool, error) {
		samples, err := run.Samples(t.ID)
		if err != nil {
			return 0, false, err
		}
		for _, s := range slices.Backward(samples) {
			if t.Server != nil && s.Server != t.Server.Name {
				continue
			}
			gets, ok := s.Metrics["assay_reuse_gets_total"]
			misses, too := s.Metrics["assay_reuse_misses_total"]
			if ok && too {
				return rate(gets, misses), gets > 0, nil
			}
		}
		return 0, false, nil
	}
}
