package self

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/results"
)

// lagTime is how long a load lasts. At the lowest pace it has 1,500 requests, enough
// for a p99.
const lagTime = 1500 * time.Millisecond

// paces are the rates at which lag is measured, per second.
var paces = [...]float64{1000, 5000, 20000}

// Figures to reach for the lag, in seconds.
const (
	barLagP50 = 20e-6
	barLagP99 = 150e-6
)

// lagRound holds how late requests leave at one rate, by Assay's ledger, and how late
// they arrive, for both tools that follow a schedule. All are in seconds, p50 and p99.
//
// Lateness is measured at the server: how late a request came, as its distance from a
// constant schedule, compared with that of the earliest request of its attack.
type lagRound struct {
	Lag        [2]float64 `json:"lag_seconds"`
	OursLate   [2]float64 `json:"ours_late_seconds"`
	VegetaLate [2]float64 `json:"vegeta_late_seconds"`
	// OursCame and VegetaCame are the share of the scheduled requests that came to the
	// server. A request that a tool did not send has no lateness.
	OursCame   float64 `json:"ours_came_ratio"`
	VegetaCame float64 `json:"vegeta_came_ratio"`
}

// lagSection compares how punctually the two tools send that follow a schedule; wrk has
// none.
func lagSection() section {
	return section{
		name: "lag", measure: measureLag, uses: []tool{toolVegeta},
		has: func(f *Figures) bool { return len(f.Lags) > 0 }, rows: lagRows,
	}
}

// measureLag measures all paces in one round.
func measureLag(ctx context.Context, b *Bench, f *Figures, round int) error {
	var all [len(paces)]lagRound
	for i, rate := range paces {
		r := &all[i]
		err := inTurn(round,
			func() (err error) {
				r.OursLate, r.OursCame, err = b.lateness(ctx, rate, func(url string) (err error) {
					r.Lag, err = b.lagAt(ctx, f, url, rate)
					return err
				})
				return err
			},
			func() (err error) {
				r.VegetaLate, r.VegetaCame, err = b.lateness(ctx, rate, func(url string) error {
					_, err := b.vegeta(ctx, url, rate, lagTime)
					return err
				})
				return err
			},
		)
		if err != nil {
			return err
		}
	}
	f.Lags = append(f.Lags, all)
	return nil
}

// lateness runs a tool's attack, and asks the server how late the requests came, and
// which share of them did.
func (b *Bench) lateness(ctx context.Context, rate float64, attack func(url string) error) (v [2]float64, came float64, err error) {
	s, err := knownanswer.Start(ctx, b.Servers, knownanswer.Behaviour{})
	if err != nil {
		return v, 0, err
	}
	defer s.Stop()
	if err := attack(s.URL); err != nil {
		return v, 0, err
	}
	late, err := s.Lateness(ctx, rate)
	if err != nil {
		return v, 0, err
	}
	if len(late) == 0 {
		return v, 0, fmt.Errorf("no request came at %.0f/s", rate)
	}
	return [2]float64{quantile(late, 500), quantile(late, 990)}, float64(len(late)) / (rate * lagTime.Seconds()), nil
}

// lagAt makes a load of ours at a rate. It returns the p50 and the p99 of the lag by
// the ledger, in seconds.
func (b *Bench) lagAt(ctx context.Context, f *Figures, url string, rate float64) (v [2]float64, err error) {
	l, _, err := b.run(ctx, load{URL: url, Connections: connections, Rate: rate, Duration: lagTime})
	if err != nil {
		return v, err
	}
	f.Books.enter(&l)
	lag := l.Result.Part(results.PartLag, results.OK)
	if lag.Count == 0 {
		return v, fmt.Errorf("no request of %d was answered", l.Result.Sent)
	}
	return [2]float64{value(lag.At(0.50)) / 1e9, value(lag.At(0.99)) / 1e9}, nil
}

// lagRows has two rows for each pace. Only the lag has a bar: the lateness contains the
// way to the server, which no generator can shorten.
func lagRows(f *Figures) (rows []row) {
	for i, rate := range paces {
		mid := func(of func(*lagRound) [2]float64) (p [2]float64) {
			for k := range p {
				p[k] = median(over(f.Lags, func(r *[len(paces)]lagRound) float64 { return of(&r[i])[k] }))
			}
			return p
		}
		both := func(p [2]float64) string { return list("%.0f", 1e6*p[0], 1e6*p[1]) + " µs" }
		lag := mid(func(r *lagRound) [2]float64 { return r.Lag })
		rows = append(rows,
			row{
				what: fmt.Sprintf("lag at %.0f/s, p50 and p99", rate), bar: fmt.Sprintf("≤ %.0f, %.0f µs", 1e6*barLagP50, 1e6*barLagP99),
				ours: both(lag), verdict: judge(lag[0] <= barLagP50 && lag[1] <= barLagP99),
			},
			row{
				what:   fmt.Sprintf("lateness of arrival at %.0f/s", rate),
				ours:   both(mid(func(r *lagRound) [2]float64 { return r.OursLate })) + f.missing(i, func(r *lagRound) float64 { return r.OursCame }),
				vegeta: both(mid(func(r *lagRound) [2]float64 { return r.VegetaLate })) + f.missing(i, func(r *lagRound) float64 { return r.VegetaCame }),
			})
	}
	return rows
}

// missing says how many of the scheduled requests came at a pace, if any are missing
// in the median round. One or two at the end of a load may be missing, because the tools
// do not agree on whether the last moment belongs to it.
func (f *Figures) missing(pace int, came func(*lagRound) float64) string {
	share := median(over(f.Lags, func(r *[len(paces)]lagRound) float64 { return came(&r[pace]) }))
	if share == 0 || share >= 0.995 {
		return "" // 0: figures of a build that did not count them
	}
	return fmt.Sprintf("; %.0f %% of the requests came", 100*share)
}
