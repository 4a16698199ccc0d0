package work

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// hearing tells how long this process has been able to hear others. Signs of life that
// came while it was stopped, or had too much to do to read them, are still to be read: the
// time says nothing about whoever sent them.
type hearing struct{ last time.Duration }

// since returns how much of the time since the last call this process was able to hear. It
// is called once in every lookPeriod; a call that comes much later was held up. heard says
// whether what this process sent to itself at the last call has been read.
func (h *hearing) since(now time.Duration, heard bool) time.Duration {
	waited := min(now-h.last, 2*lookPeriod)
	h.last = now
	if !heard {
		return 0
	}
	return waited
}

// ear is the hearing of this process, which it tests with messages to itself. They wait for
// the CPU as long as those of others do.
type ear struct {
	hearing
	in, out *os.File
	heard   atomic.Bool
	deaf    chan struct{} // closed when nothing is read any more
}

// newEar begins to listen at now.
func newEar(now time.Duration) (*ear, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("listen for signs of life: %w", err)
	}
	e := &ear{hearing: hearing{now}, in: in, out: out, deaf: make(chan struct{})}
	e.heard.Store(true)
	go func() {
		defer close(e.deaf)
		for one := make([]byte, 1); ; {
			if n, err := in.Read(one); n == 0 || err != nil {
				return
			}
			e.heard.Store(true)
		}
	}()
	return e, nil
}

// listened is since for the messages of this process to itself. There is never more than
// one of them under way.
func (e *ear) listened(now time.Duration) time.Duration {
	heard := e.heard.Swap(false)
	if heard {
		_, _ = e.out.Write([]byte{0}) // into a pipe that is empty
	}
	return e.since(now, heard)
}

// close ends the ear.
func (e *ear) close() {
	e.out.Close()
	<-e.deaf
	e.in.Close()
}
