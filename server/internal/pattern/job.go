package pattern

import (
	"context"
	"sync/atomic"
	"time"
)

// Job is one request's passage through a pattern. It is made to be embedded in
// the caller's own object for the request, so that reusing that object reuses
// the channel and the timer in here.
//
// The zero Job with Work set is ready. After Do returned, and unless Abandoned,
// the same Job may go through a pattern again.
type Job struct {
	Work Work

	state atomic.Uint32
	done  chan struct{} // holds one token when the work was run elsewhere
	timer *time.Timer   // bounds the wait in a queue
}

// A queued job is taken by a worker or abandoned by its owner, whoever comes first.
const (
	stateIdle uint32 = iota
	stateTaken
	stateAbandoned
)

// Abandoned reports whether the owner stopped waiting while the job was still in
// a queue. The pattern may hold it until a worker comes across it: it must not
// be reused.
func (j *Job) Abandoned() bool { return j.state.Load() == stateAbandoned }

// prepare readies the job to be run on another goroutine.
func (j *Job) prepare() {
	j.state.Store(stateIdle)
	if j.done == nil {
		j.done = make(chan struct{}, 1)
	}
}

// perform runs the work on a goroutine of the pattern's, unless it was abandoned.
func (j *Job) perform() {
	if j.state.CompareAndSwap(stateIdle, stateTaken) {
		j.Work.Run()
		j.done <- struct{}{}
	}
}

// await returns when the work is done, or abandons the job if the context's
// deadline passes before any worker has taken it.
//
// Note: it does not watch for a client that went away. A queue slot cannot be
// given back from here, so leaving early would free nothing but this goroutine;
// the work itself sees the cancelled context as soon as it is taken.
func (j *Job) await(ctx context.Context) error {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		<-j.done
		return nil
	}
	if j.timer == nil {
		j.timer = time.NewTimer(time.Until(deadline))
	} else {
		j.timer.Reset(time.Until(deadline))
	}
	select {
	case <-j.done:
		j.timer.Stop()
		return nil
	case <-j.timer.C:
	}
	if j.state.CompareAndSwap(stateIdle, stateAbandoned) {
		return context.DeadlineExceeded
	}
	<-j.done // taken: its own context ends it
	return nil
}
