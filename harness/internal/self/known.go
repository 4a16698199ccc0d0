package self

import (
	"context"
	"fmt"
	"math"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// answer makes one known-answer test.
func (b *Bench) answer(ctx context.Context, f *Figures, s knownanswer.Shape) (k known, err error) {
	r, err := knownanswer.Run(ctx, b.Servers, s)
	if err != nil {
		return k, err
	}
	f.Books.Sent, f.Books.Wanted = f.Books.Sent+r.Sent, f.Books.Wanted+r.Scheduled
	f.Books.Impossible += r.Impossible
	f.Books.Joined += r.Sent
	return known{r, busy(0, r.ServerCPU, s.Whole())}, nil
}

// stallRound holds the known-answer test of the stall, which shows whether a tool
// suffers from coordinated omission.
type stallRound struct {
	Ours   known         `json:"ours"`
	Vegeta *vegetaReport `json:"vegeta"`
}

// stallSection is the test that tells an open generator from one with coordinated
// omission.
func stallSection() section {
	return section{
		name: "stall", measure: measureStall, uses: []tool{toolVegeta},
		has: func(f *Figures) bool { return len(f.Stalls) > 0 }, rows: stallRows,
	}
}

// measureStall lets both tools load a server of their own. A server stalls once after
// its start, so they cannot share one.
func measureStall(ctx context.Context, b *Bench, f *Figures, round int) error {
	shape := knownanswer.Stall(1)
	var r stallRound
	err := inTurn(round,
		func() (err error) {
			r.Ours, err = b.answer(ctx, f, shape)
			return err
		},
		func() error {
			s, err := knownanswer.Start(ctx, b.Servers, shape.Server)
			if err != nil {
				return err
			}
			defer s.Stop()
			r.Vegeta, err = b.vegetaReport(ctx, s.URL, shape.Rate, shape.Duration)
			return err
		},
	)
	if err == nil {
		f.Stalls = append(f.Stalls, r)
	}
	return err
}

// stallBars are those of p50, an absolute one in seconds, and of p95, p99 and p99.9
// against arithmetic.
var stallBars = [...]float64{1e-4, 0.05, 0.02, 0.02}

// stallRows compares the stall with arithmetic, which ignores the time that the server
// needs to answer a thousand requests after the stall. Where the server's own stamps
// are not within the bar, no generator can be: the row then shows both figures, and
// is not judged.
func stallRows(f *Figures) (rows []row) {
	for i, bar := range stallBars {
		at := func(k *known) *knownanswer.Quantile { return &k.Quantiles[i] }
		truth := median(over(f.Stalls, func(r *stallRound) float64 { return zero(at(&r.Ours).Planned) }))
		reported := median(over(f.Stalls, func(r *stallRound) float64 { return value(at(&r.Ours).Reported) }))
		stamped := median(over(f.Stalls, func(r *stallRound) float64 { return value(at(&r.Ours).Stamped) }))
		vegeta := median(over(f.Stalls, func(r *stallRound) float64 { return r.Vegeta.at(i) }))
		off := func(v float64) float64 { return v/truth - 1 }
		text := func(v float64) string { return fmt.Sprintf("%+.2f %%", 100*off(v)) }
		r := row{bar: fmt.Sprintf("≤ %.0f %%", 100*bar)}
		if i == 0 {
			off = func(v float64) float64 { return v - truth }
			text = func(v float64) string { return fmt.Sprintf("%+.3f ms", 1e3*off(v)) }
			r.bar = "within 0.1 ms"
		}
		r.what = fmt.Sprintf("stall, %s against arithmetic, %.1f ms", f.Stalls[0].Ours.Quantiles[i].Name, 1e3*truth)
		r.ours, r.verdict = text(reported), judge(math.Abs(off(reported)) <= bar)
		if !math.IsNaN(vegeta) {
			r.vegeta = text(vegeta)
		}
		if !(math.Abs(off(stamped)) <= bar) {
			r.ours += ", the server by its own stamps " + text(stamped)
			r.verdict = notJudged
		}
		rows = append(rows, r)
	}
	return rows
}

// zero is 0 where there is no value.
func zero(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// at returns the percentile of vegeta that corresponds to one of Assay's, in seconds,
// or NaN if vegeta does not report it.
func (r *vegetaReport) at(i int) float64 {
	if r == nil {
		return math.NaN()
	}
	l := r.Latencies
	if told := []float64{l.P50, l.P95, l.P99}; i < len(told) {
		return told[i] / 1e9
	}
	return math.NaN()
}

// barStamped is of p95, p99 and p99.9 against the server's stamps.
const barStamped = 0.005

// speedShapes are the shapes that the generator has to be right at whatever the rate.
func speedShapes() (all []knownanswer.Shape) {
	for _, rate := range knownanswer.Speeds {
		all = append(all, knownanswer.AtSpeed(rate)...)
	}
	return all
}

// speedSection has shapes at high rates, where an error of the generator would show
// first.
func speedSection() section {
	return section{
		name: "speed", measure: measureSpeed,
		has: func(f *Figures) bool { return len(f.Speed) > 0 }, rows: speedRows,
	}
}

// measureSpeed makes every shape once. A round has all of them or none.
func measureSpeed(ctx context.Context, b *Bench, f *Figures, _ int) error {
	var all []known
	for _, s := range speedShapes() {
		k, err := b.answer(ctx, f, s)
		if err != nil {
			return err
		}
		all = append(all, k)
	}
	f.Speed = append(f.Speed, all)
	return nil
}

// speedRows has a row for each shape.
func speedRows(f *Figures) (rows []row) {
	for i := range f.Speed[0] {
		rows = append(rows, stampedRow(over(f.Speed, func(r *[]known) known { return (*r)[i] })))
	}
	return rows
}

// stampedRow shows the errors of p95, p99 and p99.9 against the server's stamps, as
// shares and as times: where a wait is only a millisecond, the time that a packet
// needs is a visible share of it.
func stampedRow(all []known) row {
	r := row{what: all[0].Name + ": p95, p99, p99.9 by the server's stamps", bar: "≤ 0.5 %"}
	var share, apart []float64
	ok := true
	for i := 1; i < len(all[0].Quantiles); i++ {
		e := median(over(all, func(k *known) float64 { return value(k.Quantiles[i].StampedError) }))
		share, ok = append(share, 100*e), ok && math.Abs(e) <= barStamped
		apart = append(apart, 1e6*median(over(all, func(k *known) float64 {
			return value(k.Quantiles[i].Reported) - value(k.Quantiles[i].Stamped)
		})))
	}
	r.verdict = judge(ok)
	r.ours = list("%+.2f", share...) + " % (" + list("%.0f", apart...) + " µs)"
	if b := median(over(all, func(k *known) float64 { return k.ServerBusy })); b >= busyBound {
		r.ours += fmt.Sprintf(", server %.0f %% busy", 100*min(b, 1))
	}
	if n := median(over(all, func(k *known) float64 { return float64(k.Timeouts.Reported) })); n > 0 {
		r.ours += fmt.Sprintf(", %.0f requests timed out", n)
	}
	return r
}

// shapesSection has the known-answer tests of `assay doctor`, each once.
func shapesSection() section {
	return section{
		name: "shapes", once: true, measure: measureShapes,
		has: func(f *Figures) bool { return len(f.Shapes) > 0 }, rows: shapesRows,
	}
}

// measureShapes leaves out the first shape, the stall, which has a section of its own.
func measureShapes(ctx context.Context, b *Bench, f *Figures, _ int) error {
	for _, s := range knownanswer.Shapes()[1:] {
		k, err := b.answer(ctx, f, s)
		if err != nil {
			return err
		}
		f.Shapes = append(f.Shapes, k)
	}
	return nil
}

// shapesRows shows the first fault only: one is enough to look at the shape with
// doctor.
func shapesRows(f *Figures) (rows []row) {
	for _, k := range f.Shapes {
		r := row{what: k.Name, bar: "≤ 1 or 2 %, or flagged", ours: "right", verdict: met}
		if !k.OK {
			r.ours = "flagged: " + k.Faults[0]
		}
		rows = append(rows, r)
	}
	return rows
}
