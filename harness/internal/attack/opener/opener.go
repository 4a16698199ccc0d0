// Package opener opens the connections of a load before the load begins.
//
// A server's listener has a queue of connections that the server has not accepted yet, its
// backlog. What Linux does when the queue is full decides how connections have to be opened:
// it ignores the packet that asks for another connection, and the client's system asks again
// only after 1 s, then after 2 s more, and so on. A client that opens one connection after
// the other so loses a second for every packet, and one that then makes up for lost time
// fills the queue again at once. With a thousand connections to a server whose backlog is 5,
// which is the default of Python's socketserver, that took minutes.
//
// This package therefore
//
//   - asks for connections at a limited rate, and does not make up for lost time where a
//     queue was full;
//   - opens a few at a time, so that one that has to wait does not delay all others;
//   - asks anew, by another attempt, where no answer has come for long enough;
//   - gives up if a connection, or all of them together, take too long.
//
// It is not for connections that are opened during a load: how long a server lets those
// wait is measured, and must not be changed.
package opener

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/results"
)

const (
	// perSecond is the number of attempts per second. At this rate the queue of a common
	// server never becomes full.
	perSecond = 500
	// atOnce is the number of connections that are being opened at the same time. The shortest
	// queue in common use is 5.
	atOnce = 4
	// madeUp is the number of attempts that may be made up for at once if this machine was
	// too busy for them. Once an attempt had no answer, it is atOnce.
	madeUp = 50
	// firstWait is the time after which an attempt without an answer is given up for
	// another one. It doubles with every attempt, up to longestWait. It is longer where all
	// connections so far took longer: on a slow network every answer is late.
	firstWait   = 100 * time.Millisecond
	longestWait = time.Second
	slower      = 4 // times the shortest time that a connection took
	// leastPatience is the least time that one connection may take, and mostLonger is what
	// all of them together may take beyond the usual time.
	leastPatience = 10 * time.Second
	mostLonger    = 2 * time.Minute
	// slack is how much longer than usual it takes until opening counts as slow.
	slack = 3 * time.Second
)

// Usual is how long it usually takes to open n connections.
func Usual(n int) time.Duration { return time.Duration(n) * time.Second / perSecond }

// Slow is the time after which the opening of n connections counts as slow.
func Slow(n int) time.Duration { return 2*Usual(n) + slack }

// Opener opens the connections of one load. The zero value is not usable; see [New].
type Opener struct {
	server, address string
	limit           *rate.Limiter
	patience        time.Duration // the least time that one connection may take
	longer          time.Duration // what all of them may take beyond the usual time
	opened, again   atomic.Uint64
	result          *results.Opening

	mu    sync.Mutex
	least time.Duration // shortest time that a connection took; 0: none is open yet
}

// New returns an opener for a server: its URL, as package reach has it, and the HOST:PORT
// that is dialled.
func New(server, address string) *Opener {
	limit := rate.NewLimiter(perSecond, madeUp)
	limit.AllowN(time.Now(), madeUp-atOnce) // there is no lost time yet
	return &Opener{server: server, address: address, patience: leastPatience, longer: mostLonger, limit: limit}
}

// Result returns what All did, or nil if it was not called. It must have returned.
func (o *Opener) Result() *results.Opening { return o.result }

// Join returns how two generators together opened the connections of a load. Both are nil
// if none were opened beforehand.
func Join(a, b *results.Opening) *results.Opening {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return &results.Opening{Connections: a.Connections + b.Connections, Took: max(a.Took, b.Took), Again: a.Again + b.Again}
}

// All opens n connections. It calls open for each, several times at once; open uses Dial.
// patience is how long one connection may take; a short one counts as leastPatience, because
// the time-out of a request says nothing about connections. place is what messages call the
// server. If a connection cannot be opened, All returns when no call of open is left.
func (o *Opener) All(ctx context.Context, n int, patience time.Duration, place string, open func(ctx context.Context) error) error {
	begin := time.Now()
	defer func() {
		o.result = &results.Opening{Connections: int(o.opened.Load()), Took: time.Since(begin).Seconds(), Again: o.again.Load()}
	}()
	patience = max(patience, o.patience)
	whole := Usual(n) + o.longer
	ctx, cancel := context.WithTimeoutCause(ctx, whole, &slowError{o, whole, n, place})
	defer cancel()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := 0; i < n && gctx.Err() == nil; i++ {
		g.Go(func() error {
			one, cancel := context.WithTimeout(gctx, patience)
			defer cancel()
			err := open(one)
			switch {
			case err == nil:
				o.opened.Add(1)
				return nil
			case gctx.Err() != nil:
				return context.Cause(gctx)
			}
			return fmt.Errorf("open connection %d of %d to %s: %w", i+1, n, place, err)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// slowError says that opening all connections took too long.
type slowError struct {
	*Opener
	whole time.Duration
	n     int
	place string
}

// Error says how many connections are open.
func (e *slowError) Error() string {
	return fmt.Sprintf("open connections to %s: after %v only %d of %d are open", e.place, e.whole.Round(time.Second), e.opened.Load(), e.n)
}

// Dial opens a connection. It makes another attempt whenever one has had no answer for some
// time, until ctx ends. If ctx ends before the turn of an attempt, the error is that of the
// attempt before, or os.ErrDeadlineExceeded.
func (o *Opener) Dial(ctx context.Context) (net.Conn, error) {
	last := error(os.ErrDeadlineExceeded)
	for wait := o.wait(); ; wait = min(2*wait, max(longestWait, o.wait())) {
		if err := o.limit.Wait(ctx); err != nil {
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, err
			}
			return nil, last // what the limiter says means nothing to a user
		}
		begin := time.Now()
		attempt, cancel := context.WithDeadline(ctx, begin.Add(wait))
		c, err := reach.For(o.server).DialContext(attempt, "tcp", o.address)
		if err != nil && unheard(err) {
			<-attempt.Done() // a socket whose queue is full says so at once
		}
		cancel()
		switch {
		case err == nil:
			o.note(time.Since(begin))
			return c, nil
		case ctx.Err() != nil || !unheard(err):
			return nil, err
		}
		last = err
		o.again.Add(1)
		o.limit.SetBurst(atOnce)
	}
}

// unheard reports whether an attempt had no answer. The queue of a Unix domain socket that is
// full is one of the errors that count as temporary time-outs.
func unheard(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// wait is how long the first attempt of a connection waits for an answer.
func (o *Opener) wait() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return max(firstWait, slower*o.least)
}

// note notes how long a connection took.
func (o *Opener) note(took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.least == 0 || took < o.least {
		o.least = took
	}
}
