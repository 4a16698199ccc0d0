package pattern

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Job is the passage of one request through a pattern. Callers embed it in their own
// object for the request.
//
// A zero Job is ready once Work is set. After Do has returned, the same Job may go
// through a pattern again, unless it is Abandoned.
type Job struct {
	// Work is done at most once.
	Work Work

	state  atomic.Uint32
	signal *signal // set while another goroutine runs the work
}

// A queued job is taken by a worker or abandoned by its owner, whichever happens
// first.
const (
	stateIdle uint32 = iota
	stateTaken
	stateAbandoned
)

// Abandoned reports whether the owner stopped waiting while the job was still in a
// queue. Such a job must not be reused, because the pattern may hold it until a
// worker finds it.
func (j *Job) Abandoned() bool { return j.state.Load() == stateAbandoned }

// perform runs the work on a goroutine of the pattern, unless the job was abandoned.
func (j *Job) perform() {
	if j.state.CompareAndSwap(stateIdle, stateTaken) {
		j.Work.Run()
		j.signal.done <- struct{}{}
	}
}

// await waits until the work is done. If the context's deadline passes before a
// worker has taken the job, await abandons the job.
//
// Note: await does not watch for a client that goes away. It could not give the
// place in the queue back, so leaving early would free nothing but this goroutine;
// the work itself sees the cancelled context as soon as it is taken.
func (j *Job) await(ctx context.Context) error {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		<-j.signal.done
		return nil
	}
	expired := j.signal.at(deadline)
	select {
	case <-j.signal.done:
		j.signal.timer.Stop()
		return nil
	case <-expired:
	}
	if j.state.CompareAndSwap(stateIdle, stateAbandoned) {
		return context.DeadlineExceeded
	}
	<-j.signal.done // a worker has taken the job, whose context ends the work
	return nil
}

// signal is what the owner of a job waits on while another goroutine runs the job.
// It holds nothing of a request, so every pattern that needs signals reuses them.
type signal struct {
	done  chan struct{} // receives one token when the work is done
	timer *time.Timer   // nil until the first wait with a deadline
}

// at returns a channel that receives at the given time. The timer of the signal must
// be stopped.
func (s *signal) at(deadline time.Time) <-chan time.Time {
	if s.timer == nil {
		s.timer = time.NewTimer(time.Until(deadline))
	} else {
		s.timer.Reset(time.Until(deadline))
	}
	return s.timer.C
}

// signals keeps idle signals for later jobs. The zero value is ready.
type signals struct{ idle sync.Pool }

// attach prepares a job to be run on another goroutine.
func (s *signals) attach(j *Job) {
	attached, kept := s.idle.Get().(*signal)
	if !kept {
		attached = &signal{done: make(chan struct{}, 1)}
	}
	j.state.Store(stateIdle)
	j.signal = attached
}

// detach takes the signal back after the job was run, refused or abandoned. A worker
// that finds an abandoned job does not use the signal.
func (s *signals) detach(j *Job) {
	s.idle.Put(j.signal)
	j.signal = nil
}
