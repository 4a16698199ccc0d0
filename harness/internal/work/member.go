package work

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
)

// Steps of a trial, as orders.
const (
	doBegin   = "begin"
	doStart   = "start"
	doSetup   = "setup"
	doConnect = "connect"
	doClock   = "clock"
	doWatch   = "watch"
	doAttack  = "attack"
	doFinish  = "finish"
)

// call is the body of an order: the arguments of the step.
type call struct {
	// Task is for doBegin, Env for the steps that resolve the scenario, Server for
	// doStart, and Standing for doSetup and doConnect. Slice is the part of the load,
	// for doConnect.
	Task     *trial.Task      `json:",omitempty"`
	Env      *scenario.Env    `json:",omitempty"`
	Server   string           `json:",omitempty"`
	Standing []trial.Standing `json:",omitempty"`
	Slice    attack.Slice
	Zero     time.Duration // on the coordinator's clock
	Early    bool          // for doFinish
}

// member does the steps of trials by giving orders to the worker that has a seat.
type member struct{ *seat }

// Member returns the seat as a member of the crew.
func (c *Coordinator) Member(name string) trial.Member { return member{c.seats[name]} }

// do gives an order and waits for its result. If ctx ends, the order is cancelled, and do
// waits until the worker has stopped: what follows must not meet what is still under way.
func (m member) do(ctx context.Context, what string, in call, most int64, out any) error {
	e, id, lost, err := m.give(what, in, most)
	if err != nil {
		return err
	}
	var res result
	for cancelled := ctx.Done(); ; {
		select {
		case res = <-e.result:
		case <-lost:
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.absent()
		case <-cancelled:
			cancelled = nil
			_, _, _, _ = m.give(doCancel, id, 0) // a worker that is lost needs no order
			continue
		}
		break
	}
	switch {
	case res.Error != "" && ctx.Err() != nil:
		return ctx.Err()
	case res.Void:
		return &trial.Void{Why: errors.New(res.Error)}
	case res.Error != "":
		return errors.New(res.Error)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(res.Body, out); err != nil {
		return &trial.Void{Why: err}
	}
	return nil
}

// Name implements trial.Member.
func (m member) Name() string { return m.seat.Name }

// Gone implements trial.Member.
func (m member) Gone() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lost
}

// Begin implements trial.Member.
func (m member) Begin(ctx context.Context, t trial.Task) (ports map[string]int, err error) {
	return ports, m.do(ctx, doBegin, call{Task: &t}, mostSmall, &ports)
}

// Start implements trial.Member.
func (m member) Start(ctx context.Context, env scenario.Env, server string) (st trial.Standing, err error) {
	return st, m.do(ctx, doStart, call{Env: &env, Server: server}, mostSmall, &st)
}

// Setup implements trial.Member.
func (m member) Setup(ctx context.Context, env scenario.Env, all []trial.Standing) (got map[string]string, err error) {
	return got, m.do(ctx, doSetup, call{Env: &env, Standing: all}, mostSmall, &got)
}

// Connect implements trial.Member.
func (m member) Connect(ctx context.Context, env scenario.Env, all []trial.Standing, s attack.Slice) (trip time.Duration, err error) {
	return trip, m.do(ctx, doConnect, call{Env: &env, Standing: all, Slice: s}, mostSmall, &trip)
}

// Clock implements trial.Member.
func (m member) Clock(ctx context.Context) (c trial.Clock, err error) {
	return c, m.do(ctx, doClock, call{}, mostSmall, &c)
}

// Watch implements trial.Member.
func (m member) Watch(ctx context.Context, zero time.Time) error {
	return m.do(ctx, doWatch, call{Zero: zero.Sub(m.c.epoch)}, mostSmall, nil)
}

// Attack implements trial.Member.
func (m member) Attack(ctx context.Context, zero time.Time) (*trial.Drive, error) {
	d := new(trial.Drive)
	return d, m.do(ctx, doAttack, call{Zero: zero.Sub(m.c.epoch)}, mostLoad, d)
}

// Finish implements trial.Member.
func (m member) Finish(ctx context.Context, early bool) (*trial.Rest, error) {
	rest := new(trial.Rest)
	return rest, m.do(ctx, doFinish, call{Early: early}, mostSamples, rest)
}

var _ trial.Member = member{}
