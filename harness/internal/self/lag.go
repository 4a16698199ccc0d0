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
				r.OursLate, err = b.lateness(ctx, rate, func(url string) (err error) {
					r.Lag, err = b.lagAt(ctx, f, url, rate)
					return err
				})
				return err
			},
			func() (err error) {
				r.VegetaLate, err = b.lateness(ctx, rate, func(url string) error {
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

// lateness runs a tool's attack, and asks the server how late the requests came.
func (b *Bench) lateness(ctx context.Context, rate float64, attack func(url string) error) (v [2]float64, err error) {
	s, err := knownanswer.Start(ctx, b.Servers, knownanswer.Behaviour{})
	if err != nil {
		return v, err
	}
	defer s.Stop()
	if err := attack(s.URL); err != nil {
		return v, err
	}
	late, err := s.Lateness(ctx, rate)
	if err != nil {
		return v, err
	}
	if len(late) == 0 {
		return v, fmt.Errorf("no request came at %.0f/s", rate)
	}
	return [2]float64{quantile(late, 500), quantile(late, 990)}, nil
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
				ours:   both(mid(func(r *lagRound) [2]float64 { return r.OursLate })),
				vegeta: both(mid(func(r *lagRound) [2]float64 { return r.VegetaLate })),
			})
	}
	return rows
}
