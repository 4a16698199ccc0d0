package attack

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"runtime"
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

// exchanger sends one message and reads its answer. It stamps firstWrite and
// lastByte and fills status, failure and the rest of e but the outcome. It
// reports the pause that the answer asks for, if any.
type exchanger interface {
	exchange(m *Message, seq []byte, deadline time.Time, e *entry) (answer, error)
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
	lead    lead
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
	seq   []byte // the number of the request, as text
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

	target := vegeta.Target{Method: http.MethodGet, URL: "/"} // a place-holder: the transport sends Request(k)
	pacer, options, release := a.pacer()
	defer release()
	attacker := vegeta.NewAttacker(append(options, vegeta.Client(&http.Client{
		Transport:     a,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))...)
	var hits uint64
	// Without a name: the transport sends it, and vegeta's worker need not.
	for r := range attacker.Attack(vegeta.NewStaticTargeter(target), pacer, 0, "") {
		if r.Code != 0 {
			hits++
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
	want := uint64(a.cfg.Clients)
	if p, ok := pacer.(*openPacer); ok {
		res.Planned = p.planned.Load()
		res.Scheduled = p.inWindow.Load()
		want = res.Sent
	}
	if hits != want {
		return nil, fmt.Errorf("attack: vegeta reported %d hits, the transport had %d", hits, want)
	}
	res.Connections, res.Redials = a.wire.counts()
	return res, nil
}

// pacer is what the attack paces vegeta with; release is called when the load has
// ended.
func (a *Attack) pacer() (p vegeta.Pacer, options []func(*vegeta.Attacker), release func()) {
	if a.cfg.closed() {
		n := uint64(a.cfg.Clients)
		return &closedPacer{
			ctx: a.ctx, clock: &a.clock, begun: a.begun, clients: n,
			stagger: min(maxStagger, a.cfg.Warmup),
		}, []func(*vegeta.Attacker){vegeta.Workers(n), vegeta.MaxWorkers(n)}, calm()
	}
	sleep, release := preciseSleep()
	a.lead.allow(runtime.GOMAXPROCS(0))
	return &openPacer{
		ctx: a.ctx, clock: &a.clock, begun: a.begun, sched: a.cfg.Schedule,
		sleep: sleep, open: a.rec.open, few: a.rec.few, lead: &a.lead, slots: &a.slots, windowStart: a.cfg.Warmup,
	}, []func(*vegeta.Attacker){vegeta.Workers(64)}, release
}

// RoundTrip implements http.RoundTripper for vegeta's workers. In open load it
// sends the request that the schedule and the targets define for this sequence
// number. In closed load one hit is one client, which sends one request after
// another until the load ends: to hand each of them to vegeta and back would
// cost a third of its CPU time and tell nothing. What RoundTrip returns is of no
// interest.
func (a *Attack) RoundTrip(req *http.Request) (*http.Response, error) {
	hit, err := strconv.ParseUint(req.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("attack: sequence number: %w", err)
	}
	x := a.scratch.Get().(*exchange)
	defer a.scratch.Put(x)
	if a.cfg.closed() {
		a.client(x, hit)
		return a.done, nil
	}
	a.prepare(x, hit)
	x.entry.intended, _ = a.slots.take(hit)
	x.entry.dispatch = a.lead.await(&a.clock, x.entry.intended)
	a.sent.Add(1)
	a.send(x, hit)
	return a.done, nil
}

// client is one client of a closed load.
func (a *Attack) client(x *exchange, number uint64) {
	left := a.share(number)
	for left > 0 && a.ctx.Err() == nil {
		at, ok := a.rec.admit(&a.clock)
		if !ok {
			return
		}
		seq := a.sent.Add(1) - 1
		a.prepare(x, seq)
		x.entry.intended, x.entry.dispatch = at, at
		ans := a.send(x, seq)
		if a.cfg.Requests > 0 && at >= a.cfg.Warmup {
			left--
		}
		if left > 0 {
			a.pause(&x.entry, ans)
		}
	}
}

// share is how many requests a client sends in the window. One with a larger
// share, or slower answers, goes on alone: the load lasts as long as its slowest
// client.
func (a *Attack) share(client uint64) uint64 {
	if a.cfg.Requests == 0 {
		return math.MaxUint64 // the window ends it
	}
	n := uint64(a.cfg.Clients)
	share := a.cfg.Requests / n
	if client < a.cfg.Requests%n {
		share++
	}
	return share
}

// prepare makes the request of a number.
func (a *Attack) prepare(x *exchange, seq uint64) {
	x.entry = entry{phases: x.entry.phases[:0]}
	x.seq = strconv.AppendUint(x.seq[:0], seq, 10)
	a.cfg.Request(&x.msg, seq)
}

// send sends what was prepared, when intended and dispatch are known, and keeps
// its ledger.
func (a *Attack) send(x *exchange, seq uint64) answer {
	e := &x.entry
	ans, err := a.wire.exchange(&x.msg, x.seq, a.clock.zero.Add(e.intended+a.cfg.Timeout), e)
	if err != nil {
		e.outcome, e.failure = classifyFailure(err)
	} else {
		e.outcome = a.cfg.Classify(e.status, ans.retryAfter)
	}
	a.rec.record(e)
	if a.cfg.Observe != nil {
		a.cfg.Observe(Line{seq, e.intended, e.dispatch, e.firstWrite, e.lastByte, e.outcome})
	}
	return ans
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
	} else if ans.retryAfter {
		// A load by count ends when all were asked: a server that wants to be asked
		// again in an hour would hold it up for as long.
		wait = min(wait, a.cfg.Think+a.cfg.Timeout)
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
