package pattern

import (
	"context"
	"sync/atomic"
)

// naive starts a goroutine for every request and waits for it.
type naive struct {
	signals signals
	running atomic.Int64
}

// newNaive ignores the settings: nothing is limited.
func newNaive(Config) Pattern { return new(naive) }

// Do never refuses and never gives up. The context does not matter, because work that
// has begun is not abandoned.
func (p *naive) Do(_ context.Context, job *Job) error {
	p.signals.attach(job)
	defer p.signals.detach(job)
	p.running.Add(1)
	defer p.running.Add(-1)
	go job.perform()
	<-job.signal.done
	return nil
}

// Load has neither a queue nor a limit.
func (p *naive) Load() Load { return Load{Running: int(p.running.Load())} }

// Close does nothing: every goroutine ends with its request.
func (p *naive) Close() {}
