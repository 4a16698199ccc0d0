package pattern

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/assay-bench/assay/server/internal/deadline"
)

// rateLimit is a token bucket. It limits how often work starts, not how much work
// runs at once. Work runs on the request's own goroutine.
type rateLimit struct {
	limiter  *rate.Limiter
	patience time.Duration
	running  atomic.Int64
}

// newRateLimit begins with a full bucket.
func newRateLimit(config Config) Pattern {
	return &rateLimit{
		limiter:  rate.NewLimiter(rate.Limit(config.RateLimit), config.RateBurst),
		patience: config.Patience,
	}
}

// Do takes a token before the work begins. What runs is not limited, so a slow store
// makes requests pile up behind the limiter.
func (p *rateLimit) Do(ctx context.Context, job *Job) error {
	if !p.limiter.Allow() {
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
	p.running.Add(1)
	defer p.running.Add(-1)
	job.Work.Run()
	return nil
}

// wait waits for a token that comes within the patience. If none does, it takes
// none.
func (p *rateLimit) wait(ctx context.Context) error {
	if p.patience <= 0 {
		return p.refusal()
	}
	own, release := deadline.Detach(ctx)
	defer release()
	until := time.Now().Add(p.patience)
	if at, bounded := ctx.Deadline(); bounded && at.Before(until) {
		until = at
	}
	patient, cancel := context.WithDeadline(own, until)
	defer cancel()
	if err := p.limiter.Wait(patient); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return p.refusal()
	}
	return nil
}

// refusal says when the bucket will hold the next whole token.
func (p *rateLimit) refusal() *Refusal {
	missing := max(0, 1-p.limiter.Tokens())
	return &Refusal{
		Status:     http.StatusTooManyRequests,
		Reason:     "rate limit exceeded",
		RetryAfter: time.Duration(missing / float64(p.limiter.Limit()) * float64(time.Second)),
	}
}

// Load has no limit: tokens bound how often work starts, and not how much of it runs.
func (p *rateLimit) Load() Load { return Load{Running: int(p.running.Load())} }

// Close does nothing: the bucket has no goroutine.
func (p *rateLimit) Close() {}
