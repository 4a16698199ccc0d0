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

// Error returns one word, because the user knows what they did.
func (i *Interrupted) Error() string { return "interrupted" }

// Status returns the exit status that shells give to a program that a signal ended.
func (i *Interrupted) Status() int { return 128 + int(i.Signal) }

// Signals turns SIGHUP, SIGINT and SIGTERM into the end of a context.
type Signals struct {
	again   chan struct{} // closed by the second signal
	channel chan os.Signal
	stop    chan struct{}
	ended   sync.WaitGroup
}

// Catch returns a context that ends at the first signal, with an *Interrupted as its
// cause. A signal that the process ignored from its start, such as SIGHUP under
// nohup, stays ignored. The caller must call Release.
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
					<-s.stop // further signals have no effect
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

// Again returns a channel that is closed when a second signal asks for an immediate
// end.
func (s *Signals) Again() <-chan struct{} { return s.again }

// Release stops catching signals and restores their default effect.
func (s *Signals) Release() {
	signal.Stop(s.channel)
	close(s.stop)
	s.ended.Wait()
}
