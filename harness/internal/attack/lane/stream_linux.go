package lane

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/schedule"
)

// connectRate is how many connections are opened per second before a load, so that
// the listener's backlog of a common server is never full.
const connectRate = 500

// Handler decides what a stream sends in one lane, and keeps its ledger. Its methods
// are called by that lane alone. Moments are durations since the start of the load.
type Handler interface {
	// Request writes the k-th request into m.
	Request(m *message.Message, k uint64)
	// Begun is told of every request when it is dispatched, in the order of the
	// intended moments.
	Begun(intended time.Duration)
	// Ended is told of every request that began, when it has ended: with an answer,
	// or with an error, for want of one. In a closed load it returns for how long the
	// client pauses after the last byte.
	Ended(client int, e *ledger.Entry, err error) (pause time.Duration)
	// Over tells whether a client of a closed load may send no more, be it because of
	// the time or because it has sent its share.
	Over(client int, now time.Duration) bool
}

// Config describes a stream. Exactly one of Schedule and Clients is set.
type Config struct {
	Network, Address string
	Envelope         message.Envelope
	TLS              *tls.Config // nil: plain
	Reuse            bool        // a connection carries one request after another

	Connections int
	Timeout     time.Duration // of a request, from its intended moment

	// Schedule returns a schedule of the open load that nobody else walks.
	Schedule func() *schedule.Schedule
	Clients  int
	Stagger  time.Duration // over which the clients start
	// Window of a closed load: to it is the clients' lost time cut.
	From, To time.Duration

	// Handler is that of one lane, of those that the stream uses.
	Handler func(lane int) Handler
}

// Stream is one load in the lanes. It is used once.
type Stream struct {
	cfg   Config
	lanes *Lanes
	parts []*part
	zero  time.Duration // start of the load, on the lanes' clock

	next    atomic.Uint64 // number of the next request of a closed load
	opened  atomic.Uint64
	shaken  atomic.Uint64
	redials atomic.Uint64

	dials   context.Context // ends with Close
	cancel  context.CancelFunc
	dialing sync.WaitGroup
}

// Stream prepares a load. It uses no more lanes than it has connections or clients.
func (ls *Lanes) Stream(cfg Config) *Stream {
	n := min(len(ls.all), cfg.Connections)
	if cfg.Schedule == nil {
		n = min(n, cfg.Clients)
	}
	n = max(n, 1)
	s := &Stream{cfg: cfg, lanes: ls}
	s.dials, s.cancel = context.WithCancel(context.Background())
	for i := range n {
		s.parts = append(s.parts, newPart(s, ls.all[i], i, n))
	}
	return s
}

// Lanes is the number of lanes that the stream uses.
func (s *Stream) Lanes() int { return len(s.parts) }

// Begin fixes the start of the load, before any share of it runs.
func (s *Stream) Begin(zero time.Time) { s.zero = zero.Sub(s.lanes.epoch) }

// Run runs the stream's share in one of its lanes until it is over.
func (s *Stream) Run(lane int) { s.parts[lane].lane.run(s.parts[lane]) }

// Connect opens the stream's connections, at connectRate. Without reuse there is
// nothing to open beforehand.
func (s *Stream) Connect(ctx context.Context) error {
	if !s.cfg.Reuse {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.dials, cancel)()
	start := time.Now()
	for i := range s.cfg.Connections {
		if err := sleepUntil(ctx, start.Add(time.Duration(i)*time.Second/connectRate)); err != nil {
			return err
		}
		a := s.dial(ctx, time.Now().Add(s.cfg.Timeout))
		if a.err != nil {
			return fmt.Errorf("open connection %d of %d to %s: %w", i+1, s.cfg.Connections, s.cfg.Address, a.err)
		}
		p := s.parts[i%len(s.parts)]
		a.beforehand = true
		p.deliver(a)
	}
	return nil
}

func sleepUntil(ctx context.Context, t time.Time) error {
	d := time.Until(t)
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends every connection, and the load if it runs: what is under way is
// broken off, and the handler is not told. It returns when nothing is dialled any
// more.
func (s *Stream) Close() {
	s.cancel()
	for _, p := range s.parts {
		p.shut()
	}
	s.dialing.Wait()
}

// Counts of the whole load: requests that were begun, connections that were opened
// and handshakes made, before the load included, and requests for which a
// connection was dialled again. It is for a stream that has ended.
func (s *Stream) Counts() (sent, connections, handshakes, redials uint64) {
	for _, p := range s.parts {
		sent += p.sent
	}
	return sent, s.opened.Load(), s.shaken.Load(), s.redials.Load()
}

// Busy is, by lane and second since the start of the first stream in it, the share of
// wall time that the lane spent outside its wait. It is for a stream that has ended.
func (s *Stream) Busy() (all [][]float64) {
	for _, p := range s.parts {
		all = append(all, p.busy)
	}
	return all
}

// Lost is the time that the clients of a closed load spent neither pausing nor on a
// request, summed over the clients and cut to the window: the generator let them
// wait. It is for a stream that has ended.
func (s *Stream) Lost() (sum time.Duration) {
	for _, p := range s.parts {
		if c, ok := p.source.(*closed); ok {
			sum += c.lost
		}
	}
	return sum
}
