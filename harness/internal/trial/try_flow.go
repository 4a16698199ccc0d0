package trial

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/flow"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/setup"
)

// flow makes the first run of a stream's flow, pauses included, and prints each step. Like
// a load, it ends the run at a step that was not answered ok.
func (t *tryout) flow(ctx context.Context, c *setup.Client, st *scenario.Stream, server string) (right bool, err error) {
	base, err := url.Parse(reach.HTTP(server))
	if err != nil {
		return false, err
	}
	run := flow.New(st.Targets, t.spec.Planned.Seed, base)
	run.Begin(0)
	begin := time.Now()
	steps := st.Targets.Flow().Steps
	for i, s := range steps {
		if err := pause(ctx, s.Pause); err != nil {
			return false, err
		}
		what := st.Targets.Names()[s.Target]
		if len(t.resolved.Streams) > 1 {
			what = st.Name + " " + what
		}
		if !t.flowStep(ctx, c, st, run, i, what) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			t.line("flow", "ended by step %d of %d after %s", i+1, len(steps), lasted(time.Since(begin)))
			return false, nil
		}
	}
	t.line("flow", "made in %s with all pauses", lasted(time.Since(begin)))
	return true, nil
}

// flowStep makes one step, and reports whether its answer is ok and has all that it should
// give to later steps.
func (t *tryout) flowStep(ctx context.Context, c *setup.Client, st *scenario.Stream, run *flow.Run, i int, what string) bool {
	n := st.Targets.Flow().Steps[i].Target
	var m attack.Message
	run.Request(&m, i)
	step := scenario.Step{Method: m.Method, Path: string(m.Path), Body: string(m.Body), Timeout: st.Timeout}
	for _, h := range m.Header {
		step.Headers = append(step.Headers, scenario.Field{Name: h.Name, Value: h.Value})
	}
	return t.exchange(ctx, c, st, n, what, &step, func(a *setup.Answer) (got, reason string) {
		reason = run.Took(i, &expect.Answer{Status: a.Status, Header: a.Header, Body: a.Body})
		extracts := st.Targets.Extracts(n)
		for k, f := range run.Extracted(i) {
			if from := extracts[k].From(); flow.Hidden(f.Value) {
				got += t.hidden(f, from)
			} else {
				got += fmt.Sprintf("; %s: %s from %s", f.Name, f.Value, from)
			}
		}
		if cookies := len(a.Header.Values("Set-Cookie")); cookies > 0 && st.Targets.Flow().Cookies {
			got += fmt.Sprintf("; cookies set: %d", cookies)
		}
		return got, reason
	})
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
