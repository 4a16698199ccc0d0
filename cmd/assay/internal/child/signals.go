package child

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Interrupted is the cause of a context that a signal ended.
type Interrupted struct{ Signal syscall.Signal }

func (i *Interrupted) Error() string { return "interrupted" }

// Status is the exit status that shells give to a program which a signal ended.
func (i *Interrupted) Status() int { return 128 + int(i.Signal) }

// Signals turns SIGHUP, SIGINT and SIGTERM into the end of a context.
type Signals struct {
	again   chan struct{} // closed by the second signal
	channel chan os.Signal
	stop    chan struct{}
	ended   sync.WaitGroup
}

// Catch returns a context that ends, with an *Interrupted as its cause, at the first
// signal. A signal that the process ignored when it started, as SIGHUP is under
// nohup, stays ignored. The caller calls Release when it is done.
func Catch(parent context.Context) (context.Context, *Signals) {
	ctx, cancel := context.WithCancelCause(parent)
	s := &Signals{again: make(chan struct{}), channel: make(chan os.Signal, 2), stop: make(chan struct{})}
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		if !signal.Ignored(sig) {
			signal.Notify(s.channel, sig)
		}
	}
	s.ended.Go(func() {
		for first := true; ; first = false {
			select {
			case sig := <-s.channel:
				if !first {
					close(s.again)
					<-s.stop // nothing can be asked for a third time
					return
				}
				cancel(&Interrupted{sig.(syscall.Signal)})
			case <-s.stop:
				return
			}
		}
	})
	return ctx, s
}

// Again is closed when a second signal asks to end at once.
func (s *Signals) Again() <-chan struct{} { return s.again }

// Release ends the watch. Signals have their default effect again.
func (s *Signals) Release() {
	signal.Stop(s.channel)
	close(s.stop)
	s.ended.Wait()
}
