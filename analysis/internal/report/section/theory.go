package section

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// theory shows what Little's law predicts beside the measurement. By the law, the
// average number of requests in a system is the rate at which they enter, times the mean
// time that they stay.
func theory(p *page.Page, g *measured.Group) {
	bounded := slices.ContainsFunc(g.Variants, func(v *measured.Variant) bool { return g.Scenario.Workers(v) > 0 })
	t := table.Table{Head: []string{"variant", "throughput, /s", "mean of all answers, ms", "requests at work (Little)"}}
	if !g.Open() {
		t.Head = append(t.Head, "bound: clients / mean time, /s", "measured / bound")
	}
	if bounded {
		t.Head = append(t.Head, "bound: workers / store time, /s", "goodput / bound")
	}
	for _, v := range g.Variants {
		mean := v.Sampled(func(t load.Trial) (float64, bool) { return load.MeanTime(t.Stream) })
		if mean.N < len(v.Trials) {
			mean = stats.Median(nil) // the trials that have a mean are the better ones
		}
		rate := v.Medians["req/s"]
		row := []string{"`" + v.Variant + "`", format.Plain.Estimate(rate), format.Scale{Factor: 1e3, Unit: "ms"}.Estimate(mean), format.Plain.Value(rate.Center * mean.Center)}
		if !g.Open() {
			// Every client is in one of two states: it waits for an answer, or it
			// rests. The rate of a full circle is the most that it can send.
			limit := float64(g.Stream.Clients) / (mean.Center + g.Stream.Think.Seconds())
			row = append(row, format.Plain.Value(limit), format.Percent(rate.Center/limit))
		}
		if bounded {
			bound, share := workerBound(g.Scenario, v)
			row = append(row, bound, share)
		}
		t.Add(row...)
	}
	p.Table(&t)
	p.Line("<sub>Little's law: requests at work = throughput × mean time. A closed loop cannot exceed clients / mean time, and workers that do one thing at a time cannot exceed workers / mean store time.<br>" +
		format.None + " no worker bound, no store time told by the server, or time-outs, which leave the mean open.</sub>\n")
}

// workerBound is the goodput that a variant's workers cannot exceed, and the share
// of it that was measured. Both are None where the store does not bound them.
func workerBound(s *measured.Scenario, v *measured.Variant) (bound, share string) {
	workers := s.Workers(v)
	store := v.Sampled(storeTime)
	if workers == 0 || store.N == 0 || store.Center == 0 || !s.Queues(v) {
		return format.None, format.None
	}
	// Requests per second: each worker can do one per store time.
	limit := float64(workers) / store.Center
	return format.Plain.Value(limit), format.Percent(v.Medians["goodput/s"].Center / limit)
}

// storeTime is the mean time that the workers of a trial waited for the store, in
// seconds. It is unknown if that was less than half of what they did, because
// workers that do more than to wait for the store are bound by something else.
func storeTime(t load.Trial) (float64, bool) {
	mean := func(phase string) float64 {
		if q := t.Stream.Part(phase, results.OK); q.Mean != nil {
			return *q.Mean / 1e9
		}
		return math.NaN()
	}
	// The server reports the mean time of each phase with its answers. NaN is a phase
	// that it does not report.
	store := mean("store")
	if busy := mean("total") - mean("queue"); math.IsNaN(store) || store < busy/2 {
		return 0, false
	}
	return store, true
}
