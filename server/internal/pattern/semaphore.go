package pattern

import "context"

// semaphore runs work on the request's own goroutine, so many at a time. It
// bounds what runs and what waits as workerPool does, without handing the work to
// another goroutine and back; and a request whose deadline passes while it waits
// gives its place up at once, while in the pool's queue it holds it until a worker
// comes across it.
type semaphore struct {
	config   Config
	admitted chan struct{} // a token for each request that runs or waits
	running  chan struct{} // a token for each that runs
}

func newSemaphore(config Config) Pattern {
	return &semaphore{
		config:   config,
		admitted: make(chan struct{}, config.Workers+config.QueueSize),
		running:  make(chan struct{}, config.Workers),
	}
}

func (p *semaphore) Do(ctx context.Context, job *Job) error {
	if err := offer(ctx, p.admitted, struct{}{}, p.config.Patience); err != nil {
		return err
	}
	defer func() { <-p.admitted }()
	select {
	case p.running <- struct{}{}:
	default:
		select {
		case p.running <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-p.running }()
	job.Work.Run()
	return nil
}

func (p *semaphore) Load() Load {
	running := len(p.running)
	return Load{
		Queued:   max(0, len(p.admitted)-running), // the two are not read in one moment
		QueueCap: p.config.QueueSize,
		Running:  running,
		Limit:    p.config.Workers,
	}
}

func (p *semaphore) Close() {}
