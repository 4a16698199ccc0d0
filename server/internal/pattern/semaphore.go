package pattern

import "context"

// semaphore runs a limited amount of work at a time, on the goroutines of the
// requests. It limits what runs and what waits as workerPool does, but without
// handing the work to another goroutine and back. A request whose deadline passes
// while it waits gives up its place immediately. In the queue of workerPool, such a
// request keeps its place until a worker finds it.
// comes across it.
type semaphore struct {
	config   Config
	admitted chan struct{} // a token for each request that runs or waits
	running  chan struct{} // a token for each request that runs
}

// newSemaphore has one limit for the work that runs, and one for that and what waits.
func newSemaphore(config Config) Pattern {
	return &semaphore{
		config:   config,
		admitted: make(chan struct{}, config.Workers+config.QueueSize),
		running:  make(chan struct{}, config.Workers),
	}
}

// Do takes two tokens: one to be admitted and one to run. A request that finds a free
// place to run takes it without a look at the context, so that a deadline in the past
// does not keep it from work that could be done at once.
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

// Load counts as queued what was admitted and does not run.
func (p *semaphore) Load() Load {
	running := len(p.running)
	return Load{
		Queued:   max(0, len(p.admitted)-running), // the two numbers are not read at the same moment
		QueueCap: p.config.QueueSize,
		Running:  running,
		Limit:    p.config.Workers,
	}
}

// Close does nothing: work runs on goroutines of the requests.
func (p *semaphore) Close() {}
