package attack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/results"
)

// maxStagger is the longest time within which the clients of a closed load start.
const maxStagger = 500 * time.Millisecond

// Attack is one load on one server. It is used once.
type Attack struct {
	cfg    Config
	at     time.Time // when the load starts; zero: soon after Run is called
	clock  clock
	begun  chan struct{}
	rec    *recorder
	engine engine
	health Generator
}

// New prepares an attack. Nothing is sent yet.
func New(cfg Config) (*Attack, error) {
	u, err := url.Parse(reach.HTTP(cfg.URL))
	if err != nil {
		return nil, fmt.Errorf("attack: %w", err)
	}
	if (cfg.Clients > 0) == (cfg.Schedule != nil) {
		return nil, errors.New("attack: want either clients or a schedule")
	}
	if err := cfg.sliceable(); err != nil {
		return nil, err
	}
	if cfg.Classify == nil {
		cfg.Classify = DefaultClassify
	}
	a := &Attack{cfg: cfg, begun: make(chan struct{})}
	a.rec = newRecorder(&a.cfg)
	if a.engine, err = a.engineFor(u); err != nil {
		return nil, err
	}
	return a, nil
}

// Connect opens the connections before the attack.
func (a *Attack) Connect(ctx context.Context) error { return a.engine.connect(ctx) }

// Close closes every connection. Run does so itself; Close is for an attack that is not
// run.
func (a *Attack) Close() { a.engine.close() }

// Begun returns a channel that is closed when the start of the attack is known. Zero is
// valid from then on.
func (a *Attack) Begun() <-chan struct{} { return a.begun }

// Zero returns the start of the attack, on the monotonic clock.
func (a *Attack) Zero() time.Time { return a.clock.zero }

// Live returns the figures of the latest complete second.
func (a *Attack) Live() Live { return a.rec.Live() }

// Generator returns how well the generator worked. The attack must have been run.
func (a *Attack) Generator() Generator { return a.health }

// StartAt makes the load start at a moment that lies ahead, instead of as soon as Run or
// Share is called. Several hosts so start together.
func (a *Attack) StartAt(zero time.Time) { a.at = zero }

// Run makes the load and returns when every request has ended. If ctx ends first, the
// requests that are under way are abandoned, and the error is that of ctx.
func (a *Attack) Run(ctx context.Context) (*results.StreamResult, error) {
	t, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	res, err := a.rec.finish()
	if err != nil {
		return nil, fmt.Errorf("attack: write histograms: %w", err)
	}
	a.health = conclude(&a.cfg, a.rec, res, t)
	return res, nil
}

// load makes the load with the engine, and returns what the engine counted.
func (a *Attack) load(ctx context.Context) (*tallied, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer a.engine.close()
	stop := context.AfterFunc(ctx, a.engine.stop)
	defer stop()
	t, err := a.engine.run(ctx)
	t.opening = a.engine.opening()
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// conclude completes a result with what the engine counted, and judges the generator.
func conclude(cfg *Config, rec *recorder, res *results.StreamResult, t *tallied) Generator {
	res.Sent, res.Planned, res.Scheduled = t.sent, t.planned, res.Recorded
	if !cfg.closed() {
		res.Scheduled = t.inWindow
	}
	res.Connections, res.Handshakes, res.Redials, res.Opening = t.connections, t.handshakes, t.redials, t.opening
	health := assess(cfg, rec, res, t)
	health.record(res, cfg.Warmup)
	return health
}

// observe passes a line of the ledger to Config.Observe, if it is set.
func (a *Attack) observe(e *ledger.Entry, o Outcome) {
	if a.cfg.Observe != nil {
		a.cfg.Observe(Line{false, e.Seq, e.Intended, e.Dispatch, e.FirstWrite, e.LastByte, o})
	}
}
