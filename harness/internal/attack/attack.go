package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/assay-bench/assay/results"
)

// maxStagger bounds the time over which the clients of a closed load start.
const maxStagger = 500 * time.Millisecond

// defaultBackoff is the pause after a refusal that names no time itself, and
// after a request that got no answer at all.
const defaultBackoff = 100 * time.Millisecond

// errOver tells vegeta's worker that its request was not sent: the window of
// the closed load had ended.
var errOver = errors.New("the window is over")

// exchanger sends one message and reads its answer. It stamps firstWrite and
// lastByte and fills status, failure and the rest of e but the outcome. It
// reports the pause that the answer asks for, if any.
type exchanger interface {
	exchange(m *Message, seq string, deadline time.Time, e *entry) (answer, error)
	connect(ctx context.Context) error // opens the connections beforehand
	counts() (connections, redials uint64)
	close() // ends every connection, and with it every request under way
}

// answer is what of an answer's header decides the outcome.
type answer struct {
	retryAfter bool
	wait       time.Duration // of Retry-After
}

// Attack is one load on one server. It is used once.
type Attack struct {
	cfg   Config
	clock clock
	begun chan struct{}
	rec   *recorder
	wire  exchanger
	ctx   context.Context

	slots   slots
	turns   *turns      // closed load bounded by count
	over    atomic.Bool // closed load: the window has ended
	sent    atomic.Uint64
	scratch sync.Pool
	done    *http.Response // what vegeta's workers get; one for all, nobody writes to it
}

// New prepares an attack. Nothing is sent yet.
func New(cfg Config) (*Attack, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("attack: %w", err)
	}
	if (cfg.Clients > 0) == (cfg.Schedule != nil) {
		return nil, errors.New("attack: want either clients or a schedule")
	}
	if cfg.Classify == nil {
		cfg.Classify = DefaultClassify
	}
	a := &Attack{cfg: cfg, begun: make(chan struct{}), slots: slots{at: map[uint64]time.Duration{}}}
	a.rec = newRecorder(&a.cfg)
	if cfg.Requests > 0 {
		a.turns = newTurns(cfg.Clients, cfg.Requests)
	}
	a.done = &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	a.scratch.New = func() any { return new(exchange) }
	switch {
	case cfg.Standard:
		a.wire = newStandard(&a.cfg, &a.clock)
	case u.Scheme == "http":
		a.wire = newLean(u.Host, &a.cfg, &a.clock)
	default:
		return nil, fmt.Errorf("attack: %s: the fast transport speaks plain HTTP/1.1 only; set `transport: std`", cfg.URL)
	}
	return a, nil
}

// exchange is the working space of one request.
type exchange struct {
	msg   Message
	entry entry
}

// Connect opens the connections before the attack.
func (a *Attack) Connect(ctx context.Context) error { return a.wire.connect(ctx) }

// Close ends every connection. Run does so by itself; Close is for an attack
// that is not run.
func (a *Attack) Close() { a.wire.close() }

// Begun is closed when the attack's clock is fixed; Zero is valid from then on.
func (a *Attack) Begun() <-chan struct{} { return a.begun }

// Zero is the start of the attack, on the monotonic clock.
func (a *Attack) Zero() time.Time { return a.clock.zero }

// Live returns figures of the newest complete second.
func (a *Attack) Live() Live { return a.rec.Live() }

// Run attacks until the load ends, and returns when every request has. If ctx
// ends first, requests under way are broken off and the error is that of ctx.
func (a *Attack) Run(ctx context.Context) (*results.StreamResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.ctx = ctx
	defer a.wire.close()
	stop := context.AfterFunc(ctx, a.wire.close)
	defer stop()

	target := vegeta.Target{Method: http.MethodGet, URL: a.cfg.URL} // a place-holder: RoundTrip sends Request(k)
	pacer, options := a.pacer()
	attacker := vegeta.NewAttacker(append(options, vegeta.Client(&http.Client{
		Transport:     a,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))...)
	var hits, skipped uint64
	// Without a name: the transport sends it, and vegeta's worker need not.
	for r := range attacker.Attack(vegeta.NewStaticTargeter(target), pacer, 0, "") {
		hits++
		if r.Error != "" && r.Code == 0 {
			skipped++
		}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	res, err := a.rec.finish()
	if err != nil {
		return nil, fmt.Errorf("attack: write histograms: %w", err)
	}
	res.Sent = a.sent.Load()
	res.Planned = res.Sent
	res.Scheduled = res.Recorded
	if p, ok := pacer.(*openPacer); ok {
		res.Planned = p.planned.Load()
		res.Scheduled = p.inWindow.Load()
	}
	if hits-skipped != res.Sent {
		return nil, fmt.Errorf("attack: vegeta reported %d requests, the transport sent %d", hits-skipped, res.Sent)
	}
	res.Connections, res.Redials = a.wire.counts()
	return res, nil
}

func (a *Attack) pacer() (vegeta.Pacer, []func(*vegeta.Attacker)) {
	if a.cfg.closed() {
		n := uint64(a.cfg.Clients)
		return &closedPacer{
			ctx: a.ctx, clock: &a.clock, begun: a.begun, clients: n,
			stagger: min(maxStagger, a.cfg.Warmup), over: &a.over,
		}, []func(*vegeta.Attacker){vegeta.Workers(n), vegeta.MaxWorkers(n)}
	}
	return &openPacer{
		ctx: a.ctx, clock: &a.clock, begun: a.begun, sched: a.cfg.Schedule,
		sleep: preciseSleep(), open: a.rec.open, few: a.rec.few, slots: &a.slots, windowStart: a.cfg.Warmup,
	}, []func(*vegeta.Attacker){vegeta.Workers(64)}
}

// RoundTrip implements http.RoundTripper for vegeta's workers: it sends the
// request that the schedule and the targets define for this sequence number,
// keeps its ledger, and in closed load pauses as the client would. What it
// returns is of no interest but for errOver.
func (a *Attack) RoundTrip(req *http.Request) (*http.Response, error) {
	text := req.Header.Get("X-Vegeta-Seq")
	seq, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("attack: sequence number: %w", err)
	}
	x := a.scratch.Get().(*exchange)
	defer a.scratch.Put(x)
	e := &x.entry
	*e = entry{phases: e.phases[:0]}
	var left uint64 // of the client's share
	if a.cfg.closed() {
		ok := true
		if a.turns != nil {
			left, ok = a.turns.take(a.ctx)
		}
		if ok {
			e.dispatch, ok = a.rec.admit(&a.clock)
		}
		if !ok {
			a.end()
			return nil, errOver
		}
		e.intended = e.dispatch
	} else {
		e.intended, _ = a.slots.take(seq)
		e.dispatch = a.clock.now()
	}
	a.sent.Add(1)
	a.cfg.Request(&x.msg, seq)
	ans, err := a.wire.exchange(&x.msg, text, a.clock.zero.Add(e.intended+a.cfg.Timeout), e)
	if err != nil {
		e.outcome, e.failure = classifyFailure(err)
	} else {
		e.outcome = a.cfg.Classify(e.status, ans.retryAfter)
	}
	a.rec.record(e)
	if a.cfg.Observe != nil {
		a.cfg.Observe(Line{seq, e.intended, e.dispatch, e.firstWrite, e.lastByte, e.outcome})
	}
	if a.cfg.closed() {
		counted := e.dispatch >= a.cfg.Warmup
		if a.turns == nil || left > 1 || !counted { // else its last request
			a.pause(e, ans)
		}
		if a.turns != nil {
			a.turns.giveBack(left, counted)
		}
	}
	return a.done, nil
}

// end ends a closed load: no further request is sent.
func (a *Attack) end() {
	a.over.Store(true)
	if a.turns != nil {
		a.turns.end()
	}
}

// pause waits as a client does between an answer and its next request.
func (a *Attack) pause(e *entry, ans answer) {
	wait := a.cfg.Think
	if e.outcome == Rejected || e.status == 0 {
		switch {
		case a.cfg.Backoff != nil && e.outcome == Rejected:
			wait += *a.cfg.Backoff
		case ans.retryAfter:
			wait += ans.wait
		default:
			wait += defaultBackoff
		}
	}
	if a.cfg.Duration > 0 {
		wait = min(wait, a.cfg.Warmup+a.cfg.Duration-a.clock.now()+time.Millisecond)
	}
	if wait <= 0 {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-a.ctx.Done():
	}
}
