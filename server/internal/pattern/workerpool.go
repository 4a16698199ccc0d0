package pattern

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// workerPool is a fixed number of workers that take jobs from a bounded queue.
type workerPool struct {
	queue    chan *Job
	signals  signals
	workers  int
	patience time.Duration
	busy     atomic.Int64
	running  sync.WaitGroup
}

// newWorkerPool starts the workers, which live until Close.
func newWorkerPool(config Config) Pattern {
	p := &workerPool{
		queue:    make(chan *Job, config.QueueSize),
		workers:  config.Workers,
		patience: config.Patience,
	}
	for range p.workers {
		p.running.Go(p.work)
	}
	return p
}

// Do puts the job into the queue and waits for a worker to do it.
func (p *workerPool) Do(ctx context.Context, job *Job) error {
	p.signals.attach(job)
	defer p.signals.detach(job)
	if err := offer(ctx, p.queue, job, p.patience); err != nil {
		return err
	}
	return job.await(ctx)
}

// work does one job after another until the queue is closed.
func (p *workerPool) work() {
	for job := range p.queue {
		p.busy.Add(1)
		job.perform()
		p.busy.Add(-1)
	}
}

// Load reads its numbers one by one, so that together they may miss a job that moves
// from the queue to a worker.
func (p *workerPool) Load() Load {
	return Load{
		Queued:   len(p.queue),
		QueueCap: cap(p.queue),
		Running:  int(p.busy.Load()),
		Limit:    p.workers,
	}
}

// Close ends the workers. The queue then holds nothing but abandoned jobs, because
// every Do has returned.
func (p *workerPool) Close() {
	close(p.queue)
	p.running.Wait()
}
