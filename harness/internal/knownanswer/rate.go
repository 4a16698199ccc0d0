package knownanswer

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

const (
	// rateConnections is how many connections the search for the highest rate uses. A
	// server that answers at once needs few, and each takes 2 ms to open.
	rateConnections = 64
	rateProbes      = 6
	rateProbeTime   = time.Second

	// heldLag is the bound of the p99 of lag at a rate that the generator holds.
	heldLag = time.Millisecond
)

// HighestRate searches below top for the highest open rate, in requests per second,
// that the generator holds against a child that answers at once: everything that is
// scheduled is sent with a p99 of lag of at most 1 ms, and is answered. The result is
// exact to top/64. It is 0 if no rate that was tried is held.
func HighestRate(ctx context.Context, p Place, top float64) (rate, serverCPU float64, err error) {
	child, err := Start(ctx, p, Behaviour{})
	if err != nil {
		return 0, 0, err
	}
	defer child.Stop()
	rate, err = Bisect(top, rateProbes, func(rate float64) (bool, error) {
		res, err := child.offer(ctx, p, rate)
		if err != nil {
			return false, fmt.Errorf("offer %.0f/s: %w", rate, err)
		}
		return Held(res), nil
	})
	return rate, child.CPU(), err
}

// offer attacks the child at a constant rate, in as many lanes as a run has.
func (c *Child) offer(ctx context.Context, p Place, rate float64) (*results.StreamResult, error) {
	plan, err := schedule.New([]schedule.Stage{schedule.Flat(rate, rateProbeTime)}, schedule.Constant, 1)
	if err != nil {
		return nil, err
	}
	lanes, err := attack.NewLanes(p.Placement.Lanes())
	if err != nil {
		return nil, err
	}
	defer lanes.Close()
	a, err := attack.New(attack.Config{
		Name: "rate", URL: c.URL, Schedule: plan, Duration: rateProbeTime, Timeout: timeout,
		Connections: rateConnections, Lanes: lanes, Request: Get,
	})
	if err != nil {
		return nil, err
	}
	if err := a.Connect(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a.Run(ctx)
}

// Held reports whether the generator held the rate of an open load: all that was
// scheduled was sent with a p99 of lag of at most 1 ms, was answered and left no
// backlog, and the load would not be marked as limited by the generator.
func Held(r *results.StreamResult) bool {
	lag := r.Part(results.PartLag, results.OK).At(0.99)
	return lag != nil && time.Duration(*lag) <= heldLag && r.Sent == r.Planned && r.Outcomes.OK == r.Scheduled &&
		r.GeneratorLimited == "" && r.Saturated() == ""
}

// Bisect halves the interval from 0 to top n times, and returns the highest rate that
// was good, or 0 if none was. A rate that is not good is tried a second time, because a
// short pause of the machine would otherwise look like a limit.
func Bisect(top float64, n int, good func(rate float64) (bool, error)) (float64, error) {
	low, high := 0.0, top
	for range n {
		middle := (low + high) / 2
		ok, err := good(middle)
		if err == nil && !ok {
			ok, err = good(middle)
		}
		if err != nil {
			return 0, err
		}
		if ok {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}
