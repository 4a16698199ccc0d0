package self

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/results"
)

// Bench says what is compared, and where.
type Bench struct {
	Servers     knownanswer.Place // this process, and so every tool, is on its generator's CPUs
	Vegeta, Wrk string            // programs
	Rounds      int
	Progress    io.Writer
}

const (
	connections = 64
	costTime    = 2 * time.Second // wrk only accepts whole seconds
	lagTime     = 1500 * time.Millisecond
)

// paces are the rates at which lag is measured, in requests per second.
var paces = [...]float64{1000, 5000}

// sizes are two numbers of requests: memory must not grow from the first to the
// second.
var sizes = [...]uint64{10_000, 1_000_000}

// Figures is everything that was measured. Slices have one value per round.
type Figures struct {
	common, fastest costs

	lagP50, lagP99 [len(paces)][]float64 // seconds
	// Lateness is measured at the server: how late a request came, as its distance
	// from a constant schedule, compared with that of the earliest request of its
	// attack.
	oursLate, vegetaLate [len(paces)][2][]float64 // p50, p99

	stall        []*knownanswer.Result
	vegetaStall  []*vegetaReport
	pairs        [][]*knownanswer.Result // other rates and lengths of stalls
	shapes       []*knownanswer.Result   // the tests without a stall, each made once
	memory       [len(sizes)][]float64
	sent, wanted uint64
}

// costs are CPU seconds per request.
type costs struct {
	ours, vegeta, wrk []float64
	report            []float64 // of vegeta's second program, which finds the percentiles
}

// Run measures everything. It takes about a minute per round.
func (b *Bench) Run(ctx context.Context) (*Figures, error) {
	var pairs, others []knownanswer.Shape
	for _, s := range knownanswer.Shapes()[1:] {
		if s.Stalls() {
			pairs = append(pairs, s)
		} else {
			others = append(others, s)
		}
	}
	f := &Figures{pairs: make([][]*knownanswer.Result, len(pairs))}
	for round := range b.Rounds {
		fmt.Fprintf(b.Progress, "round %d of %d: cost", round+1, b.Rounds)
		steps := []struct {
			name string
			do   func(context.Context, *Figures, int) error
		}{{"lag", b.lag}, {"stall", b.stall}, {"other stalls", func(ctx context.Context, f *Figures, _ int) error {
			for i, s := range pairs {
				r, err := b.answer(ctx, f, s)
				if err != nil {
					return err
				}
				f.pairs[i] = append(f.pairs[i], r)
			}
			return nil
		}}, {"memory", b.memory}}
		if err := b.cost(ctx, f, round); err != nil {
			return nil, err
		}
		for _, s := range steps {
			fmt.Fprintf(b.Progress, ", %s", s.name)
			if err := s.do(ctx, f, round); err != nil {
				return nil, err
			}
		}
		fmt.Fprintln(b.Progress)
	}
	for _, s := range others {
		fmt.Fprintln(b.Progress, s.Name)
		r, err := b.answer(ctx, f, s)
		if err != nil {
			return nil, err
		}
		f.shapes = append(f.shapes, r)
	}
	return f, nil
}

// answer makes one known-answer test.
func (b *Bench) answer(ctx context.Context, f *Figures, s knownanswer.Shape) (*knownanswer.Result, error) {
	r, err := knownanswer.Run(ctx, b.Servers, s)
	if err == nil {
		f.sent, f.wanted = f.sent+r.Sent, f.wanted+r.Scheduled
	}
	return r, err
}

// inTurn calls every function once, and begins with another one in each round.
func inTurn(round int, all ...func() error) error {
	for i := range all {
		if err := all[(i+round)%len(all)](); err != nil {
			return err
		}
	}
	return nil
}

// cost measures the CPU time per request at full speed, against two servers. The
// first is faster than the tools, so that each of them is busy all the time. The
// second uses net/http, and is slower than Assay and wrk. These then fall asleep and
// wake up, which costs time; a slower tool does so less often.
func (b *Bench) cost(ctx context.Context, f *Figures, round int) error {
	if err := b.costAt(ctx, knownanswer.Behaviour{Standard: true}, &f.common, round); err != nil {
		return err
	}
	return b.costAt(ctx, knownanswer.Behaviour{}, &f.fastest, round)
}

func (b *Bench) costAt(ctx context.Context, server knownanswer.Behaviour, c *costs, round int) error {
	s, err := knownanswer.Start(ctx, b.Servers, server)
	if err != nil {
		return err
	}
	defer s.Stop()
	// measure runs a tool's attack, and divides what it used by the requests that
	// the server counted meanwhile.
	measure := func(attack func() ([]used, error), dst ...*[]float64) func() error {
		return func() error {
			before, err := s.Count(ctx)
			if err != nil {
				return err
			}
			programs, err := attack()
			if err != nil {
				return err
			}
			after, err := s.Count(ctx)
			if err != nil {
				return err
			}
			if after == before {
				return errors.New("a tool sent no request")
			}
			for i, u := range programs {
				*dst[i] = append(*dst[i], u.cpu.Seconds()/float64(after-before))
			}
			return nil
		}
	}
	return inTurn(round,
		measure(func() ([]used, error) {
			_, u, err := b.run(ctx, load{URL: s.URL, Connections: connections, Duration: costTime})
			return []used{u}, err
		}, &c.ours),
		measure(func() ([]used, error) {
			_, u, err := b.vegeta(ctx, s.URL, 0, connections, costTime)
			return u[:], err
		}, &c.vegeta, &c.report),
		measure(func() ([]used, error) {
			u, err := b.wrk(ctx, s.URL, connections, costTime)
			return []used{u}, err
		}, &c.wrk),
	)
}

// lag measures how late requests leave, by Assay's ledger, and how late they arrive,
// for both tools that follow a schedule.
func (b *Bench) lag(ctx context.Context, f *Figures, round int) error {
	for i, rate := range paces {
		arrivals := func(dst *[2][]float64, attack func(url string) error) func() error {
			return func() error {
				s, err := knownanswer.Start(ctx, b.Servers, knownanswer.Behaviour{})
				if err != nil {
					return err
				}
				defer s.Stop()
				if err := attack(s.URL); err != nil {
					return err
				}
				late, err := s.Lateness(ctx, rate)
				if err != nil {
					return err
				}
				dst[0] = append(dst[0], quantile(late, 500))
				dst[1] = append(dst[1], quantile(late, 990))
				return nil
			}
		}
		err := inTurn(round,
			arrivals(&f.oursLate[i], func(url string) error {
				l, _, err := b.run(ctx, load{URL: url, Connections: connections, Rate: rate, Duration: lagTime})
				if err != nil {
					return err
				}
				res := l.Result
				f.sent, f.wanted = f.sent+res.Sent, f.wanted+res.Planned
				lag := res.Part(results.PartLag, results.OK)
				if lag.Count == 0 {
					return fmt.Errorf("no request of %d was answered", res.Sent)
				}
				f.lagP50[i] = append(f.lagP50[i], *lag.At(0.50)/1e9)
				f.lagP99[i] = append(f.lagP99[i], *lag.At(0.99)/1e9)
				return nil
			}),
			arrivals(&f.vegetaLate[i], func(url string) error {
				_, _, err := b.vegeta(ctx, url, rate, 0, lagTime)
				return err
			}),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// stall makes the known-answer test of the stall.
func (b *Bench) stall(ctx context.Context, f *Figures, round int) error {
	shape := knownanswer.Stall(1)
	return inTurn(round,
		func() error {
			r, err := b.answer(ctx, f, shape)
			if err != nil {
				return err
			}
			f.stall = append(f.stall, r)
			return nil
		},
		func() error {
			s, err := knownanswer.Start(ctx, b.Servers, shape.Server)
			if err != nil {
				return err
			}
			defer s.Stop()
			r, _, err := b.vegeta(ctx, s.URL, shape.Rate, 0, shape.Duration)
			if err != nil {
				return err
			}
			f.vegetaStall = append(f.vegetaStall, r)
			return nil
		},
	)
}

// memory measures how much more memory many requests take than few.
func (b *Bench) memory(ctx context.Context, f *Figures, round int) error {
	s, err := knownanswer.Start(ctx, b.Servers, knownanswer.Behaviour{})
	if err != nil {
		return err
	}
	defer s.Stop()
	size := func(i int) func() error {
		return func() error {
			l, _, err := b.run(ctx, load{URL: s.URL, Connections: connections, Requests: sizes[i]})
			if err != nil {
				return err
			}
			res := l.Result
			if res.Recorded != sizes[i] {
				return fmt.Errorf("%d requests asked for, %d recorded", sizes[i], res.Recorded)
			}
			f.memory[i] = append(f.memory[i], float64(l.Peak))
			f.sent, f.wanted = f.sent+res.Sent, f.wanted+sizes[i]
			return nil
		}
	}
	return inTurn(round, size(0), size(1))
}
