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

func newNaive(Config) Pattern { return new(naive) }

func (p *naive) Do(_ context.Context, job *Job) error {
	p.signals.attach(job)
	defer p.signals.detach(job)
	p.running.Add(1)
	defer p.running.Add(-1)
	go job.perform()
	<-job.signal.done
	return nil
}

func (p *naive) Load() Load { return Load{Running: int(p.running.Load())} }

func (p *naive) Close() {}
