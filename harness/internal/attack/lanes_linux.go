package attack

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/harness/internal/attack/lane"
	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/results"
)

const haveLanes = true

// Lanes are the lanes in which the fast transport of all streams of a trial runs.
type Lanes = lane.Lanes

// NewLanes opens n lanes, one for each CPU of the generator. The caller closes them.
func NewLanes(n int) (*Lanes, error) { return lane.New(n) }

// laned is the engine that makes a load in lanes. A hit of vegeta is the share of the
// stream in one lane.
type laned struct {
	*Attack
	lanes    *Lanes
	own      bool // the lanes belong to this attack alone
	stream   *lane.Stream
	handlers []*laneHandler
}

// newLaned prepares a stream in the lanes of the trial, or in a lane of its own if the
// trial has none.
func newLaned(a *Attack, u *url.URL, address string) (*laned, error) {
	l := &laned{Attack: a, lanes: a.cfg.Lanes}
	if l.lanes == nil {
		var err error
		if l.lanes, err = NewLanes(1); err != nil {
			return nil, fmt.Errorf("attack: %w", err)
		}
		l.own = true
	}
	cfg := lane.Config{
		Server: a.cfg.URL, Address: address, Reuse: !a.cfg.NoReuse,
		Envelope:    message.Envelope{Host: u.Host, Attack: a.cfg.Name, Close: a.cfg.NoReuse},
		Connections: a.cfg.connections(), Beforehand: a.cfg.needed(), Timeout: a.cfg.Timeout,
		First: a.cfg.Slice.Number, Stride: a.cfg.Slice.stride(),
		Clients: a.cfg.Clients, Stagger: a.cfg.stagger(), From: a.cfg.Warmup,
		Handler: l.handler,
	}
	if a.cfg.Duration > 0 {
		cfg.To = a.cfg.Warmup + a.cfg.Duration
	}
	if u.Scheme == "https" {
		cfg.TLS = clientTLS(a.cfg.TLS, u.Hostname())
	}
	if a.cfg.Flow != nil {
		cfg.Steps = a.cfg.Flow.steps()
	}
	if a.cfg.Schedule != nil {
		cfg.Schedule = a.cfg.Schedule.Clone
	}
	l.stream = l.lanes.Stream(cfg)
	return l, nil
}

// connect implements engine.
func (l *laned) connect(ctx context.Context) error { return l.stream.Connect(ctx) }

// opening implements engine.
func (l *laned) opening() *results.Opening { return l.stream.Opening() }

// stop implements engine.
func (l *laned) stop() { l.stream.Close() }

// close implements engine. Lanes that the trial shares are closed by whoever opened
// them.
func (l *laned) close() {
	l.stream.Close()
	if l.own {
		l.lanes.Close()
	}
}

// run implements engine.
func (l *laned) run(ctx context.Context) (t tallied, err error) {
	l.lanes.Procs()
	n := uint64(l.stream.Lanes())
	p := &lanePacer{start: start{&l.clock, l.begun, l.at}, lanes: n, begin: l.stream.Begin}
	hits := drive(p, n, func(number uint64) { l.stream.Run(int(number)) })
	t.sent, t.connections, t.handshakes, t.redials = l.stream.Counts()
	t.lost, t.lanes, t.busy = l.stream.Lost(), int(n), l.stream.Busy()
	for _, h := range l.handlers {
		t.planned += h.begun
		t.inWindow += h.inWindow
	}
	if ctx.Err() == nil && hits != n {
		return t, fmt.Errorf("attack: vegeta reported %d hits for %d lanes", hits, n)
	}
	return t, nil
}

// laneHandler sends and records for one lane.
type laneHandler struct {
	*Attack
	book     *book
	left     []uint64 // how many requests each client of a closed load still has to send
	begun    uint64
	inWindow uint64
}

// handler makes the handler of one lane. Handlers share nothing while the load runs, so
// that lanes never wait for each other.
func (l *laned) handler(int) lane.Handler {
	h := &laneHandler{Attack: l.Attack, book: l.rec.newBook(nobody{})}
	for client := range l.cfg.Clients {
		h.left = append(h.left, l.cfg.share(uint64(client)))
	}
	l.handlers = append(l.handlers, h)
	if l.cfg.Flow != nil {
		return &flowHandler{laneHandler: h, runs: map[uint64]*running{}}
	}
	return h
}

// Request implements lane.Handler.
func (h *laneHandler) Request(m *Message, k uint64) { h.cfg.request(m, k) }

// Begun implements lane.Handler.
func (h *laneHandler) Begun(intended time.Duration) {
	h.begun++
	if intended >= h.cfg.Warmup {
		h.inWindow++
	}
	h.book.open(intended)
}

// Ended implements lane.Handler.
func (h *laneHandler) Ended(client int, e *ledger.Entry, err error) lane.Next {
	outcome, failure := h.cfg.judge(e, err)
	if h.book.record(e, outcome, failure) {
		h.rec.packReady(h.book)
	}
	h.observe(e, outcome)
	return lane.Next{Pause: h.rest(client, e, outcome)}
}

// rest returns how long a client of a closed load pauses after a request or a flow. Under
// open load, and for a client that has sent its share, there is no pause.
func (h *laneHandler) rest(client int, e *ledger.Entry, o Outcome) time.Duration {
	if client < 0 {
		return 0
	}
	if h.cfg.Requests > 0 && e.Dispatch >= h.cfg.Warmup {
		h.left[client]--
	}
	if h.left[client] == 0 {
		return 0
	}
	return h.cfg.pause(e, o, e.LastByte)
}

// Over implements lane.Handler.
func (h *laneHandler) Over(client int, now time.Duration) bool {
	return h.left[client] == 0 || h.cfg.Duration > 0 && now > h.cfg.Warmup+h.cfg.Duration
}

// AnswerStamps returns how the fast transport stamps answers, in the words of a bundle:
// "on arrival" if the kernel stamps them, or "" if the transport does so when it reads them.
func AnswerStamps() string {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	if !lane.StampArrivals(fd) {
		return ""
	}
	return "on arrival"
}
