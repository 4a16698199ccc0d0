package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
)

// follow asks for orders and follows them until there are no more.
func (w *working) follow(ctx context.Context) (err error) {
	var doing sync.WaitGroup
	defer doing.Wait()
	defer func() { w.end(err) }()
	for {
		o := order{}
		_, err = w.send(ctx, w.orders, "/next", nil, mostSmall, &o)
		var refused *refusal
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &refused):
			return err
		case err != nil:
			// The coordinator loses a worker whose connection breaks.
			return fmt.Errorf("ask for orders: %w", err)
		case o.Do == doEnd:
			return nil
		case o.Do == doCancel:
			w.cancel(o.Body)
			continue
		case o.Do == "":
			continue // nothing to do yet
		}
		step, cancel := context.WithCancel(ctx)
		w.mu.Lock()
		w.running[o.ID] = cancel
		w.mu.Unlock()
		doing.Go(func() {
			defer cancel()
			w.carryOut(ctx, step, &o)
		})
	}
}

// cancel ends the order that the body names.
func (w *working) cancel(body json.RawMessage) {
	var id uint64
	if json.Unmarshal(body, &id) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if cancel, ok := w.running[id]; ok {
		cancel()
	}
}

// carryOut follows one order and sends its result. An order that is cancelled has a result
// too. When the worker ends, ctx does, and nobody waits for the result.
func (w *working) carryOut(ctx, step context.Context, o *order) {
	out, err := w.step(step, o)
	w.mu.Lock()
	delete(w.running, o.ID)
	w.mu.Unlock()
	res := result{}
	if err == nil {
		res.Body, err = json.Marshal(out)
	}
	if err != nil {
		var void *trial.Void
		res = result{Error: err.Error(), Void: errors.As(err, &void)}
	}
	if _, err := w.send(ctx, w.orders, "/done?order="+strconv.FormatUint(o.ID, 10), res, mostSmall, nil); err != nil {
		w.end(fmt.Errorf("send the result of %s: %w", o.Do, err))
	}
}

// step does one step of a trial.
func (w *working) step(ctx context.Context, o *order) (any, error) {
	w.steps.Lock()
	defer w.steps.Unlock()
	c := call{Env: new(scenario.Env), Task: new(trial.Task)}
	if err := json.Unmarshal(o.Body, &c); err != nil {
		return nil, fmt.Errorf("order %s: %w", o.Do, err)
	}
	// The start of the load, on the clock of this process.
	zero := w.epoch.Add(c.Zero - w.offset)
	switch o.Do {
	case doBegin:
		return w.station.Begin(ctx, *c.Task)
	case doStart:
		return w.station.Start(ctx, *c.Env, c.Server)
	case doSetup:
		return w.station.Setup(ctx, *c.Env, c.Standing)
	case doConnect:
		return w.station.Connect(ctx, *c.Env, c.Standing, c.Slice)
	case doClock:
		clock, err := w.compare(ctx)
		w.offset = clock.Offset
		return clock, err
	case doWatch:
		return nil, w.station.Watch(ctx, zero)
	case doAttack:
		return w.station.Attack(ctx, zero)
	case doFinish:
		return w.station.Finish(ctx, c.Early)
	}
	return nil, fmt.Errorf("there is no order %q", o.Do)
}
