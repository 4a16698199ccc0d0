package trial

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/flow"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// config turns a stream of the scenario into an attack. The name of the attack, the
// schedule and the targets are the same for all variants of a block.
func (r *runner) config(st *scenario.Stream, log *results.LogWriter) (attack.Config, error) {
	sc, seed := r.spec.Scenario, r.spec.Planned.Seed
	cfg := attack.Config{
		Name: sc.Name + "/" + st.Name, URL: r.serverOf(st).URL,
		Warmup: sc.Warmup, Timeout: st.Timeout, Connections: st.Connections,
		Standard: st.Transport == "std", NoReuse: st.NoReuse, TLS: r.serverOf(st).secure,
		Classify: classifier(st),
		Blank:    r.blanker.Text,
		Apart:    len(r.placement.Generator) > 0,
		Log:      log,
	}
	if slo, ok := sc.SLO(); ok {
		cfg.SLO = slo
	}
	if len(r.resolved.Streams) > 1 {
		cfg.TagPrefix = st.Name + "/"
	}
	if err := Aim(&cfg, st.Targets, seed); err != nil {
		return cfg, err
	}
	if c := st.Closed; c != nil {
		cfg.Clients, cfg.Requests, cfg.Duration = c.Clients, uint64(c.Requests), c.Duration
		cfg.Think, cfg.Backoff = c.Think, c.Backoff
		return cfg, nil
	}
	var stages []schedule.Stage
	if sc.Warmup > 0 {
		stages = append(stages, schedule.Flat(st.Open.Stages[0].From, sc.Warmup))
	}
	for _, s := range st.Open.Stages {
		stages = append(stages, schedule.Stage{Rate: s.From, To: s.To, Duration: s.Duration})
		cfg.Duration += s.Duration
	}
	arrivals := schedule.Constant
	if st.Open.Poisson {
		arrivals = schedule.Poisson
	}
	// The name of the stream goes into the seed, or two streams would send at the same
	// moments.
	h := fnv.New64a()
	h.Write([]byte("arrivals/" + st.Name))
	var err error
	if cfg.Schedule, err = schedule.New(stages, arrivals, seed^h.Sum64()); err != nil {
		return cfg, fmt.Errorf("scenario %s, stream %s: %w", sc.Name, st.Name, err)
	}
	return cfg, nil
}

// serverOf returns the server that a stream loads. Validation has made sure that
// there is one.
func (r *runner) serverOf(st *scenario.Stream) *server {
	i := slices.IndexFunc(r.servers, func(s *server) bool { return s.Name == st.Server })
	return r.servers[i]
}

// Aim makes an attack send the requests of targets: what each is, to which target it
// belongs, and what is checked of its answer. The attack has its URL.
func Aim(cfg *attack.Config, t *scenario.Targets, seed uint64) error {
	cfg.Request = requests(t, seed)
	if t.Len() > 1 {
		cfg.Targets = t.Names()
		cfg.Target = func(k uint64) int { return t.Draw(seed, k) }
	}
	if f := t.Flow(); f != nil {
		base, err := url.Parse(reach.HTTP(cfg.URL))
		if err != nil {
			return err
		}
		cfg.Targets = append(t.Names(), results.FlowTarget)
		cfg.Flow = flowOf(f, func() *flow.Run { return flow.New(t, seed, base) })
	}
	var checks []*expect.Checks
	some := false
	for i := range t.Len() {
		checks = append(checks, t.Checks(i))
		some = some || t.Checks(i) != nil
	}
	if some {
		cfg.Checks = checks
	}
	return nil
}

// flowOf adapts a flow of the scenario to the attack.
func flowOf(f *scenario.Flow, newRun func() *flow.Run) *attack.Flow {
	out := &attack.Flow{New: func() attack.Run { return newRun() }}
	first := newRun()
	for i, s := range f.Steps {
		out.Steps = append(out.Steps, attack.FlowStep{Target: s.Target, Pause: s.Pause, Keep: first.Reads(i)})
	}
	return out
}

// requests adapts the scenario's targets to the attack. The k-th request depends on the
// seed and on k alone, so that every variant of a block gets the same requests.
func requests(targets *scenario.Targets, seed uint64) func(*attack.Message, uint64) {
	return func(m *attack.Message, k uint64) { flow.Write(m, targets.At(seed, k)) }
}

// classifier looks up every status in advance, because it is called for every
// request.
func classifier(st *scenario.Stream) func(int, bool) attack.Outcome {
	var table [2][600]attack.Outcome
	for i, retryAfter := range []bool{false, true} {
		for status := range table[i] {
			table[i][status] = st.Outcome(status, retryAfter)
		}
	}
	return func(status int, retryAfter bool) attack.Outcome {
		switch {
		case status < 0 || status >= len(table[0]):
			return attack.Error
		case retryAfter:
			return table[1][status]
		}
		return table[0][status]
	}
}
