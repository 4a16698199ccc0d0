package trial

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// attack runs all streams at once, and watches servers and machine meanwhile. A failure
// of one stream ends the others, and is the error.
func (r *runner) attack(ctx context.Context) ([]results.StreamResult, error) {
	log, err := r.openLog()
	if err != nil {
		return nil, err
	}
	attacks, release, err := r.connect(ctx, log, attack.Slice{})
	defer release()
	if err != nil {
		return nil, err
	}
	streams := make([]results.StreamResult, len(attacks))
	err = r.drive(ctx, attacks, func(ctx context.Context, i int) error {
		res, err := attacks[i].Run(ctx)
		if err != nil {
			return err
		}
		res.Name = r.resolved.Streams[i].Name
		streams[i] = *res
		return nil
	})
	if err != nil {
		return nil, err
	}
	if log != nil {
		if err := log.Flush(); err != nil {
			return nil, fmt.Errorf("trial %s: write histograms: %w", r.spec.ID(), err)
		}
	}
	return streams, nil
}

// connect prepares a slice of the loads of all streams, in the lanes that they share, and
// opens their connections. The caller calls release in any case.
func (r *runner) connect(ctx context.Context, log *results.LogWriter, slice attack.Slice) (attacks []*attack.Attack, release func(), err error) {
	lanes, err := attack.NewLanes(r.placement.Lanes())
	if err != nil {
		return nil, func() {}, fmt.Errorf("trial %s: %w", r.spec.ID(), err)
	}
	release = func() {
		for _, a := range attacks {
			a.Close()
		}
		lanes.Close()
	}
	defer r.tellWhileOpening()()
	for i := range r.resolved.Streams {
		cfg, err := r.config(&r.resolved.Streams[i], log)
		if err != nil {
			return nil, release, err
		}
		cfg.Lanes, cfg.Slice = lanes, slice
		a, err := attack.New(cfg)
		if err != nil {
			return nil, release, err
		}
		attacks = append(attacks, a)
		if r.serverOf(&r.resolved.Streams[i]).closes {
			continue // connections that serve one request cannot be opened beforehand
		}
		if err := a.Connect(ctx); err != nil {
			return attacks, release, fmt.Errorf("trial %s: stream %s: %w%s", r.spec.ID(), cfg.Name, unopened(err), r.deaths())
		}
	}
	return attacks, release, nil
}

// drive runs the loads of all streams at once, each by a call of run with its number,
// and watches servers and machine meanwhile. It sets the gap and the clock step of the
// machine, which cover the warm-up too.
func (r *runner) drive(ctx context.Context, attacks []*attack.Attack, run func(context.Context, int) error) error {
	r.placement.SetProcs(len(r.resolved.Streams))
	first := attacks[0]
	watching := r.watch(ctx, begun{first.Begun(), first.Zero, first.Live}) // before the load, because a server that answers slowly would be sampled too late
	pulse := host.BeginPulse()
	g, gctx := errgroup.WithContext(ctx)
	for i := range attacks {
		g.Go(func() error {
			if err := run(gctx, i); err != nil {
				return fmt.Errorf("trial %s: %w", r.spec.ID(), err)
			}
			return nil
		})
	}
	err := g.Wait()
	gap, step := pulse.End()
	watching()
	r.watched.GeneratorGap, r.watched.ClockStep = gap.Seconds(), step.Seconds()
	return err
}

// unopened says of the failure to open a connection what to do about it.
func unopened(err error) error {
	if f := handshake.FailureOf(err); f != nil {
		return f
	}
	return fmt.Errorf("%w; if the server takes no more, raise the backlog of its listener, or lower `connections`", err)
}

// openLog begins the log of histograms. It returns nil if the trial keeps none.
func (r *runner) openLog() (*results.LogWriter, error) {
	if r.spec.Log == nil {
		return nil, nil
	}
	log, err := results.NewLogWriter(r.spec.Log, r.spec.ID())
	if err != nil {
		return nil, fmt.Errorf("trial %s: write histograms: %w", r.spec.ID(), err)
	}
	return log, nil
}
