package self

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// Every tool keeps the same connections busy for the same time.
const (
	connections = 64
	costTime    = 2 * time.Second // wrk takes whole seconds
)

// costRound is what a request cost each tool.
type costRound struct {
	Ours   cost `json:"ours"`
	Vegeta cost `json:"vegeta"`
	Wrk    cost `json:"wrk"`
}

// cost is that of one tool.
type cost struct {
	CPU  float64 `json:"cpu_seconds_per_request"`
	Busy float64 `json:"server_busy"` // share of one CPU; negative: unknown
}

// costPlace is a server at which the cost is measured, with the figures to reach
// against wrk and vegeta.
type costPlace struct {
	name, what  string
	start       func(*Bench, context.Context, *Figures) (server, error)
	wrk, vegeta float64
	uses        []tool
}

// costPlaces lists the servers. The first is faster than the tools, so that each of
// them is busy all the time. The one that uses net/http is slower than Assay and wrk.
// These then fall asleep and wake up, which costs time; a slower tool does so less
// often.
func costPlaces() []costPlace {
	// own makes a server of this program's, and stranger makes nginx, which nobody can
	// say was made to suit the generator.
	own := func(behaviour knownanswer.Behaviour) func(*Bench, context.Context, *Figures) (server, error) {
		return func(b *Bench, ctx context.Context, _ *Figures) (server, error) { return b.start(ctx, behaviour) }
	}
	stranger := func(https bool) func(*Bench, context.Context, *Figures) (server, error) {
		return func(b *Bench, ctx context.Context, f *Figures) (server, error) {
			n, err := b.nginx(ctx, f)
			if err != nil {
				return nil, err
			}
			n.https = https
			return n, nil
		}
	}
	peers := []tool{toolVegeta, toolWrk}
	all := append(peers, toolNginx)
	return []costPlace{
		{"cost", "a server faster than the tools", own(knownanswer.Behaviour{}), 1.05, 0.30, peers},
		{"cost-nginx", "nginx", stranger(false), 1.05, 0.30, all},
		{"cost-nethttp", "a net/http server", own(knownanswer.Behaviour{Standard: true}), 1.05, 0.35, peers},
		{"cost-https", "nginx, HTTPS", stranger(true), 1.00, 0.40, all},
	}
}

// costSections makes one section of each place.
func costSections() (all []section) {
	for _, p := range costPlaces() {
		all = append(all, section{
			name: p.name, measure: p.measure, rows: p.rows, uses: p.uses,
			has: func(f *Figures) bool { return len(f.Costs[p.name]) > 0 },
		})
	}
	return all
}

// measure measures the CPU time per request at full speed.
func (p *costPlace) measure(ctx context.Context, b *Bench, f *Figures, round int) error {
	s, err := p.start(b, ctx, f)
	if err != nil {
		return err
	}
	defer s.Stop()
	// Each tool runs at full speed, one after the other. What is compared is CPU time
	// for a request, which does not depend on how fast the server happened to be.
	var c costRound
	d := b.window(costTime)
	err = inTurn(round,
		func() (err error) {
			c.Ours, err = costOf(ctx, s, d, func() (used, error) {
				_, u, err := b.run(ctx, load{URL: s.url(), Connections: connections, Duration: d})
				return u, err
			})
			return err
		},
		func() (err error) {
			c.Vegeta, err = costOf(ctx, s, d, func() (used, error) { return b.vegeta(ctx, s.url(), 0, d) })
			return err
		},
		func() (err error) {
			c.Wrk, err = costOf(ctx, s, d, func() (used, error) {
				_, u, err := b.wrk(ctx, s.url(), d)
				return u, err
			})
			return err
		},
	)
	if err == nil {
		f.Costs[p.name] = append(f.Costs[p.name], c)
	}
	return err
}

// costOf runs a tool's attack, and divides what it used by the requests that the
// server counted meanwhile.
func costOf(ctx context.Context, s server, d time.Duration, attack func() (used, error)) (c cost, err error) {
	// The server counts the requests and not the tool: the tools do not count alike
	// what is under way when they end.
	before, err := s.Count(ctx)
	if err != nil {
		return c, err
	}
	cpu := s.CPU()
	u, err := attack()
	if err != nil {
		return c, err
	}
	c.Busy = busy(cpu, s.CPU(), d)
	after, err := s.Count(ctx)
	if err != nil {
		return c, err
	}
	if after == before {
		return c, errors.New("a tool sent no request")
	}
	c.CPU = u.cpu.Seconds() / float64(after-before)
	return c, nil
}

// busy returns the share of one CPU that was used between two readings. It is negative
// if it is unknown.
func busy(before, after float64, d time.Duration) float64 {
	if before < 0 || after < 0 || d <= 0 {
		return -1
	}
	return (after - before) / d.Seconds()
}

// rows shows the cost, and how busy the server was: if it was not fully busy, the tool
// set the pace.
func (p *costPlace) rows(f *Figures) []row {
	all := f.Costs[p.name]
	// A cell is the median over rounds. Its rounds are paired, so the rows below it are
	// medians of ratios and not ratios of medians.
	cell := func(of func(*costRound) cost) string {
		text := micros(median(over(all, func(r *costRound) float64 { return of(r).CPU })))
		if b := median(over(all, func(r *costRound) float64 { return of(r).Busy })); b >= 0 {
			text += fmt.Sprintf(", server %.0f %%", 100*min(b, 1))
		}
		return text
	}
	ours := over(all, func(r *costRound) float64 { return r.Ours.CPU })
	ratio := func(name string, bar float64, theirs func(*costRound) float64) row {
		r := ratios(ours, over(all, theirs))
		return row{
			what: "its CPU against " + name, bar: fmt.Sprintf("≤ %.2f ×", bar),
			ours: within(r), verdict: judge(median(r) <= bar),
		}
	}
	return []row{
		{
			what:   fmt.Sprintf("CPU per request, closed, %d connections, %s", connections, p.what),
			ours:   cell(func(r *costRound) cost { return r.Ours }),
			vegeta: cell(func(r *costRound) cost { return r.Vegeta }),
			wrk:    cell(func(r *costRound) cost { return r.Wrk }),
		},
		ratio("wrk's", p.wrk, func(r *costRound) float64 { return r.Wrk.CPU }),
		ratio("vegeta's", p.vegeta, func(r *costRound) float64 { return r.Vegeta.CPU }),
	}
}
