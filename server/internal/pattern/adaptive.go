package pattern

import (
	"context"

	"github.com/failsafe-go/failsafe-go/adaptivelimiter"
)

// adaptive limits how much work runs at once. The limit follows the measured
// latency: it grows while latency stays at its baseline, and shrinks when latency
// rises with concurrency. It starts at -workers and never exceeds what the worker
// pool would hold, which is -workers plus -queue-size. Work runs on the request's
// own goroutine.
type adaptive struct {
	limiter adaptivelimiter.AdaptiveLimiter[any]
	config  Config
}

// newAdaptive begins with a limit of Workers. The limit moves between 1 and as many
// requests as the other patterns hold.
func newAdaptive(config Config) Pattern {
	most := uint(config.Workers + config.QueueSize)
	return &adaptive{
		limiter: adaptivelimiter.NewBuilder[any]().WithLimits(1, most, uint(config.Workers)).Build(),
		config:  config,
	}
}

// Do takes a free permit at once, and waits for one only if the settings allow a wait. The
// latency that the limiter learns from ends when the work is done and the permit is
// recorded.
func (p *adaptive) Do(ctx context.Context, job *Job) error {
	permit, admitted := p.limiter.TryAcquirePermit()
	if !admitted {
		if p.config.Patience <= 0 {
			return errFull
		}
		var err error
		if permit, err = p.limiter.AcquirePermitWithMaxWait(ctx, p.config.Patience); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return errFull
		}
	}
	defer permit.Record()
	job.Work.Run()
	return nil
}

// Load has no QueueCap, because the limiter bounds the wait by time and not by number.
func (p *adaptive) Load() Load {
	return Load{Running: p.limiter.Inflight(), Limit: p.limiter.Limit(), Queued: p.limiter.Queued()}
}

// Close does nothing: the limiter has no goroutines.
func (p *adaptive) Close() {}
