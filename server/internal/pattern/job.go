package pattern

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Job is one request's passage through a pattern. It is made to be embedded in
// the caller's own object for the request.
//
// The zero Job with Work set is ready. After Do returned, and unless Abandoned,
// the same Job may go through a pattern again.
type Job struct {
	Work Work

	state  atomic.Uint32
	signal *signal // while another goroutine runs the work
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

// perform runs the work on a goroutine of the pattern's, unless it was abandoned.
func (j *Job) perform() {
	if j.state.CompareAndSwap(stateIdle, stateTaken) {
		j.Work.Run()
		j.signal.done <- struct{}{}
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
	<-j.signal.done // taken: its own context ends it
	return nil
}

// signal is what the owner of a job waits on while another goroutine runs it.
// It holds nothing of a request, so every pattern that needs one reuses it.
type signal struct {
	done  chan struct{} // gets one token when the work was run
	timer *time.Timer   // nil until the first wait with a deadline
}

// at returns a channel that receives at that time. The signal's timer is stopped.
func (s *signal) at(deadline time.Time) <-chan time.Time {
	if s.timer == nil {
		s.timer = time.NewTimer(time.Until(deadline))
	} else {
		s.timer.Reset(time.Until(deadline))
	}
	return s.timer.C
}

// signals keeps signals for the next job. The zero value is ready.
type signals struct{ idle sync.Pool }

// attach readies a job to be run on another goroutine.
func (s *signals) attach(j *Job) {
	attached, kept := s.idle.Get().(*signal)
	if !kept {
		attached = &signal{done: make(chan struct{}, 1)}
	}
	j.state.Store(stateIdle)
	j.signal = attached
}

// detach takes the signal back when the job was run, refused or abandoned: who
// finds an abandoned job does not touch it.
func (s *signals) detach(j *Job) {
	s.idle.Put(j.signal)
	j.signal = nil
}
