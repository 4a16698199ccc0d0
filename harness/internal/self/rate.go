package self

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

const (
	// More connections than a closed loop needs, so that at a rate near the limit no
	// request waits for one.
	openConnections = 256
	probeTime       = time.Second
	probes          = 6
	wrkTime         = 2 * time.Second
	overloadTime    = 2 * time.Second
	// overloadTimeout is above the longest wait of a request that was meant to start
	// in the window and is answered in it, and bounds how long the load goes on.
	overloadTimeout = 2 * overloadTime

	barRate   = 0.8
	barFlat   = 0.95
	busyBound = 0.90 // of the server's CPU: from there on the server may be the limit
	// firstProbe is the upper end of the rates that are tried, against wrk's.
	firstProbe = 1.5
)

// factors are how much more than the held rate is offered.
var factors = [...]float64{2, 4}

// rateRound is one search for the highest rate, and what came of offering more.
type rateRound struct {
	Wrk      float64                  `json:"wrk"`  // requests per second of its closed loop
	Held     float64                  `json:"held"` // highest open rate, per second
	Overload [len(factors)]overloaded `json:"overload"`
}

// overloaded is what came of offering more than the rate that is held.
type overloaded struct {
	Done      float64 `json:"done"` // per second
	Busy      float64 `json:"server_busy"`
	Limited   string  `json:"generator_limited"`
	Saturated string  `json:"saturated"` // by the counts alone
}

// rateSection looks for the highest open rate that the generator holds, and at what it
// does beyond.
func rateSection() section {
	return section{
		name: "rate", measure: measureRate, uses: []tool{toolWrk, toolNginx},
		has: func(f *Figures) bool { return len(f.Rates) > 0 }, rows: rateRows,
	}
}

// measureRate makes one search. The closed loop of wrk gives the scale: where to begin,
// and what a program without a schedule reaches on this machine.
func measureRate(ctx context.Context, b *Bench, f *Figures, _ int) error {
	s, err := b.nginx(ctx, f)
	if err != nil {
		return err
	}
	defer s.Stop()
	var r rateRound
	if r.Wrk, _, err = b.wrk(ctx, s.url(), wrkTime); err != nil {
		return err
	}
	if r.Held, err = b.highest(ctx, f, s, firstProbe*r.Wrk); err != nil {
		return err
	}
	if r.Held == 0 {
		return fmt.Errorf("no open rate from %.0f/s on is held with a lag p99 of 1 ms", firstProbe*r.Wrk/(1<<probes))
	}
	for i, factor := range factors {
		if r.Overload[i], err = b.overload(ctx, f, s, factor*r.Held); err != nil {
			return err
		}
	}
	f.Rates = append(f.Rates, r)
	return nil
}

// highest searches for the highest rate below top that is held, and returns 0 if no
// rate is.
func (b *Bench) highest(ctx context.Context, f *Figures, s server, top float64) (float64, error) {
	return knownanswer.Bisect(top, probes, func(rate float64) (bool, error) {
		l, _, err := b.run(ctx, load{URL: s.url(), Connections: openConnections, Rate: rate, Duration: probeTime})
		if err != nil {
			return false, err
		}
		f.Books.enter(&l)
		return l.Result.Sent == l.Wanted && knownanswer.Held(l.Result), nil
	})
}

// overload makes an open load at a rate beyond what the server can do, and says what the
// server and the generator did.
func (b *Bench) overload(ctx context.Context, f *Figures, s server, rate float64) (o overloaded, err error) {
	before := s.CPU()
	l, _, err := b.run(ctx, load{URL: s.url(), Connections: openConnections, Rate: rate, Duration: overloadTime, Timeout: overloadTimeout})
	if err != nil {
		return o, err
	}
	f.Books.enter(&l)
	return overloaded{l.Result.Throughput, busy(before, s.CPU(), l.Took), l.Limited, l.Result.Saturated()}, nil
}

// mark returns what a report says of such a load. A load that the generator limits
// does not count as saturating the server.
func (o *overloaded) mark() string {
	switch {
	case o.Limited != "":
		return "generator-limited"
	case o.Saturated != "":
		return "saturated"
	}
	return "no mark"
}

// right tells whether the mark is correct: generator-limited wherever the server had
// time. If the server was busy, either of the two may be the limit.
func (o *overloaded) right() bool {
	return o.Busy >= busyBound || o.mark() == "generator-limited"
}

// rateRows shows the rate beside wrk's, and for each factor what was done and said of
// the overload.
func rateRows(f *Figures) []row {
	wrk := over(f.Rates, func(r *rateRound) float64 { return r.Wrk })
	rate := over(f.Rates, func(r *rateRound) float64 { return r.Held })
	against := ratios(rate, wrk)
	rows := []row{
		{
			what: "highest open rate with lag p99 ≤ 1 ms, nginx", ours: fmt.Sprintf("%.0f/s", median(rate)),
			wrk: fmt.Sprintf("%.0f/s, closed", median(wrk)),
		},
		{
			what: "it against the closed loop of wrk", bar: fmt.Sprintf("≥ %.1f ×", barRate),
			ours: within(against), verdict: judge(median(against) >= barRate),
		},
	}
	for i, factor := range factors {
		done := ratios(over(f.Rates, func(r *rateRound) float64 { return r.Overload[i].Done }), rate)
		marks, right := f.marks(i)
		rows = append(rows, row{
			what: fmt.Sprintf("done when %.0f × that rate is offered", factor), bar: fmt.Sprintf("≥ %.2f ×, generator-limited", barFlat),
			ours: within(done) + "; " + marks, verdict: judge(median(done) >= barFlat && right),
		})
	}
	return rows
}

// marks tells how the loads with a factor were marked, and whether all of them
// rightly.
func (f *Figures) marks(factor int) (text string, right bool) {
	count := map[string]int{}
	right = true
	var all []overloaded
	for _, r := range f.Rates {
		o := r.Overload[factor]
		all = append(all, o)
		count[o.mark()]++
		right = right && o.right()
	}
	for _, mark := range []string{"generator-limited", "saturated", "no mark"} {
		if n := count[mark]; n > 0 {
			text += fmt.Sprintf("%s in %d of %d, ", mark, n, len(all))
		}
	}
	busy := over(all, func(o *overloaded) float64 { return o.Busy })
	text += fmt.Sprintf("server %.0f … %.0f %% busy", 100*slices.Min(busy), 100*slices.Max(busy))
	if slices.Max(busy) >= busyBound {
		text += ": it may be the limit"
	}
	return text, right
}
