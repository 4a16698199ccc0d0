package lane

import (
	"context"
	"crypto/tls"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/attack/opener"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// Handler decides what a stream sends in one lane, and keeps the ledger of these requests.
// Only that lane calls its methods. Moments are durations since the start of the load.
type Handler interface {
	// Request writes the k-th request into m.
	Request(m *message.Message, k uint64)
	// Begun is called for every request when it is dispatched, in the order of the
	// intended moments. Of a flow it is called for the first step alone.
	Begun(intended time.Duration)
	// Ended is called for every request that has ended: with an answer, or with the error
	// that it has instead.
	Ended(client int, e *ledger.Entry, err error) Next
	// Over reports whether a client of a closed load has finished, because the time is
	// over or because it has sent its share of the requests.
	Over(client int, now time.Duration) bool
}

// Next is what follows a request.
type Next struct {
	// Pause is the time from the last byte to the next request: that of the client, under
	// closed load, or the next step.
	Pause time.Duration
	// Step says that another step of the same flow follows.
	Step bool
}

// Config describes a stream. Exactly one of Schedule and Clients is set.
type Config struct {
	Server   string           // its URL, as package reach has it
	Address  string           // what is dialled: HOST:PORT
	Envelope message.Envelope // what all requests have in common
	TLS      *tls.Config      // nil: plain
	Reuse    bool             // a connection carries one request after another

	Connections int           // the most that are open at once
	Beforehand  int           // how many Connect opens
	Timeout     time.Duration // of a request, from its intended moment

	// First and Stride say which requests of the schedule, or which clients, are this
	// stream's: those numbered First, First + Stride, and so on. Others make the rest. The
	// zero Stride means 1.
	First, Stride int

	// Steps is the number of requests of a flow. Slots of the schedule, and turns of the
	// clients, are then flows: step s of flow f is request number f·Steps + s. If it is 0,
	// every request is one of its own.
	Steps uint64

	// Schedule returns the schedule of an open load. Every call returns a copy of its own,
	// because a schedule cannot be shared.
	Schedule func() *schedule.Schedule
	Clients  int           // of the whole load
	Stagger  time.Duration // the time within which the clients start one after another
	// From and To are the window of a closed load. Only lost time within it counts.
	From, To time.Duration

	// Handler returns the handler for one of the lanes that the stream uses.
	Handler func(lane int) Handler
}

// Stream is one load in the lanes. It is used once.
type Stream struct {
	cfg   Config
	lanes *Lanes
	parts []*part
	zero  time.Duration // start of the load, on the lanes' clock

	next    atomic.Uint64 // how many requests of a closed load have a number
	opener  *opener.Opener
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
	cfg.Stride = max(cfg.Stride, 1)
	if cfg.Schedule == nil {
		n = min(n, (cfg.Clients-cfg.First+cfg.Stride-1)/cfg.Stride)
	}
	n = max(n, 1)
	s := &Stream{cfg: cfg, lanes: ls, opener: opener.New(cfg.Server, cfg.Address)}
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

// Connect opens the stream's connections (see package opener). Without reuse there is
// nothing to open beforehand.
func (s *Stream) Connect(ctx context.Context) error {
	if !s.cfg.Reuse {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.dials, cancel)()
	var next atomic.Uint64
	return s.opener.All(ctx, s.cfg.Beforehand, s.cfg.Timeout, s.place(), func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		a := s.dial(ctx, deadline, s.opener.Dial)
		if a.err != nil {
			return a.err
		}
		a.beforehand = true
		s.parts[(next.Add(1)-1)%uint64(len(s.parts))].deliver(a)
		return nil
	})
}

// Close closes every connection. If the load is running, Close stops it: requests that are
// under way end without a call of the handler. Close returns when no connection is being
// opened any more.
func (s *Stream) Close() {
	s.cancel()
	for _, p := range s.parts {
		p.shut()
	}
	s.dialing.Wait()
}

// Opening returns how the connections were opened before the load; nil if they were not.
func (s *Stream) Opening() *results.Opening { return s.opener.Result() }

// Counts returns the numbers of the whole load: requests (or flows) that began, connections and
// handshakes (including those before the load), and requests for which a connection was
// opened again. The stream must have ended.
func (s *Stream) Counts() (sent, connections, handshakes, redials uint64) {
	for _, p := range s.parts {
		sent += p.sent
	}
	return sent, s.opened.Load(), s.shaken.Load(), s.redials.Load()
}

// Busy returns the share of wall time in which a lane did not wait, by lane and by second.
// Seconds count from the start of the first stream in the lane. The stream must have ended.
func (s *Stream) Busy() (all [][]float64) {
	for _, p := range s.parts {
		all = append(all, p.busy)
	}
	return all
}

// Lost returns the sum of the times in the window in which the clients of a closed load
// neither paused nor had a request under way, because the generator did not send for them.
// The stream must have ended.
func (s *Stream) Lost() (sum time.Duration) {
	for _, p := range s.parts {
		source := p.source
		if f, ok := source.(*flows); ok {
			source = f.source
		}
		if c, ok := source.(*closed); ok {
			sum += c.lost
		}
	}
	return sum
}
