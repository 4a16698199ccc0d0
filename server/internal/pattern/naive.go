package pattern

import (
	"context"
	"sync/atomic"
)

// naive starts a goroutine for every request and waits for it.
type naive struct{ running atomic.Int64 }

func newNaive(Config) Pattern { return new(naive) }

func (p *naive) Do(_ context.Context, job *Job) error {
	job.prepare()
	p.running.Add(1)
	go job.perform()
	<-job.done
	p.running.Add(-1)
	return nil
}

func (p *naive) Load() Load { return Load{Running: int(p.running.Load())} }

func (p *naive) Close() {}
