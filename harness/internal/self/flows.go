package self

import (
	"context"
	"fmt"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

const (
	flowSteps = 3
	// flowBar is a multiple of the CPU time of a request to one of as many targets.
	flowBar = 1.15
)

// flowsRound is what a request costs that is drawn from several targets, that is a step of
// a flow of the same requests, and that is a step of such a flow in which one step extracts
// a value of JSON for the next.
type flowsRound struct {
	Targets cost `json:"targets"`
	Flow    cost `json:"flow"`
	Extract cost `json:"extract"`
}

// flowsSection compares what a request costs in a flow, with and without values that are
// extracted, with one that is drawn from targets.
func flowsSection() section {
	return section{
		name: "flows", measure: measureFlows, rows: flowRows,
		has: func(f *Figures) bool { return len(f.Flows) > 0 },
	}
}

// measureFlows measures the CPU time per request at full speed, at a server that is
// faster than the generator.
func measureFlows(ctx context.Context, b *Bench, f *Figures, round int) error {
	s, err := b.start(ctx, knownanswer.Behaviour{Bytes: answerBytes})
	if err != nil {
		return err
	}
	defer s.Stop()
	d := b.window(costTime)
	var r flowsRound
	measure := func(into *cost, l load) func() error {
		l.URL, l.Connections, l.Duration, l.Targets = s.url(), connections, d, flowSteps
		return func() (err error) {
			*into, err = costOf(ctx, s, d, func() (used, error) {
				res, u, err := b.run(ctx, l)
				if err == nil && res.Result.Outcomes.Error > 0 {
					err = fmt.Errorf("%d requests or flows failed: %v", res.Result.Outcomes.Error, res.Result.Errors)
				}
				return u, err
			})
			return err
		}
	}
	if err := inTurn(round, measure(&r.Targets, load{}), measure(&r.Flow, load{Flow: true}), measure(&r.Extract, load{Flow: true, Extract: true})); err != nil {
		return err
	}
	f.Flows = append(f.Flows, r)
	return nil
}

// flowRows shows what the order of a flow costs, and what extracting a value adds.
func flowRows(f *Figures) []row {
	targets := over(f.Flows, func(r *flowsRound) float64 { return r.Targets.CPU })
	flow := ratios(over(f.Flows, func(r *flowsRound) float64 { return r.Flow.CPU }), targets)
	extract := ratios(over(f.Flows, func(r *flowsRound) float64 { return r.Extract.CPU }), targets)
	return []row{
		{what: fmt.Sprintf("CPU per request, closed, %d connections, three targets, answers of 1 KiB", connections), ours: micros(median(targets))},
		{what: "its CPU as a flow of three steps", bar: fmt.Sprintf("≤ %.2f ×", flowBar), ours: within(flow), verdict: judge(median(flow) <= flowBar)},
		{what: "its CPU as a flow that extracts a value from JSON", ours: within(extract)},
	}
}
