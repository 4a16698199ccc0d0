package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/secret"
	"github.com/assay-bench/assay/harness/internal/setup"
	"github.com/assay-bench/assay/results"
)

// Spec says which trial to make.
type Spec struct {
	// Scenario, Cell and Planned say what is run: the file, the variant with its matrix
	// values, and the place in the plan with its seeds.
	Scenario *scenario.Scenario
	Cell     scenario.Cell
	Planned  results.Planned
	Attempt  int // from 1

	Placement host.Placement    // CPUs of the servers and of the generator
	Binaries  map[string]string // ${binary} by server, for servers that were built
	// Foreign is the CPU time per second that other programs may take, usually MaxForeign.
	Foreign float64
	// Lenient turns a busy machine from a hard check into a warning.
	Lenient bool

	// RunStart is the moment from which the trial's start is counted.
	RunStart time.Time
	Log      *os.File          // receives the histograms; nil to discard them
	Live     func(attack.Live) // receives the progress, about once a second; may be nil
	// Tell receives a line for the user while something takes unusually long; may be nil.
	Tell func(string)
}

// ID returns the name under which the files of the trial are stored.
func (s *Spec) ID() string {
	p := s.Planned
	return p.Attempt(s.Attempt)
}

// Result is a finished trial.
type Result struct {
	Trial    results.Trial         // the record, for trials.jsonl
	Samples  []results.Sample      // of the servers during the attack
	Profiles []results.ProfileData // of a profiled trial
	Servers  []scenario.Server     // as they were started
	// Placement is the placement of the trial. It is empty if servers and generator
	// shared all CPUs.
	Placement host.Placement
}

// Run makes the trial. An error means that there is no trial: a command of prepare or
// cleanup or a request of setup failed, a server did not start, the load could not be
// made, or ctx ended. A server that dies under load is not an error but an outcome, and
// is recorded. When Run returns, every process that it started has ended. Neither the
// result nor the error holds a secret or what setup extracted.
func Run(ctx context.Context, s Spec) (res *Result, err error) {
	begin := time.Now()
	s.Scenario = s.Scenario.For(s.Cell)
	r := &runner{spec: s, placement: s.Placement, blanker: secret.New(s.Scenario.Secrets())}
	defer func() { res, err = r.blank(res, err) }()
	defer r.discardSockets()
	if err := r.resolve(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.cleanup(ctx)) }()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if r.resolved.Unplaced {
		if err := host.Free(s.Placement, len(r.resolved.Streams)); err != nil {
			return nil, err
		}
		r.placement = host.Placement{}
		defer func() { err = errors.Join(err, host.Confine(s.Placement)) }()
	}
	defer r.stop()
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	if err := r.setup(ctx); err != nil {
		return nil, err
	}
	streams, err := r.attack(ctx)
	if err != nil {
		return nil, err
	}
	misled := r.misled(ctx, streams) // while the servers are there to be asked
	p := s.Planned
	t := results.Trial{
		ID: s.ID(), Order: p.Order, Block: p.Block, Attempt: s.Attempt,
		Scenario: p.Scenario, Variant: p.Variant, Matrix: p.Matrix, Seed: p.Seed,
		Profiled: p.Profiled, Start: begin.Sub(s.RunStart).Seconds(), Streams: streams,
		Host: r.watched, Warnings: misled,
	}
	t.Servers = r.stop()
	if err := r.stuck(); err != nil {
		return nil, err
	}
	t.Warnings = append(t.Warnings, r.early...)
	t.Duration = time.Since(begin).Seconds()
	var samples []results.Sample
	for _, m := range r.monitors {
		samples = append(samples, m.samples...)
		t.Warnings = append(t.Warnings, m.warnings...)
	}
	check(&t, s.Foreign, s.Lenient)
	profiles, err := r.profiled()
	if err != nil {
		return nil, fmt.Errorf("trial %s: %w", s.ID(), err)
	}
	return &Result{t, samples, profiles, r.resolved.Servers, r.placement}, nil
}

// runner is the state of a trial that is being made.
type runner struct {
	// spec is as Run got it, with the scenario as it is for the cell. env and resolved
	// become complete with setup.
	spec      Spec
	env       scenario.Env
	resolved  *scenario.Resolved
	blanker   *secret.Blanker
	told      func(setup.Done)  // of every request of setup; may be nil
	placement host.Placement    // the placement of the run, or empty
	sockets   []*process.Socket // of servers that listen on one
	servers   []*server         // that run, in the order of their start
	monitors  []*monitor        // by server, from the start of the load
	profilers []*profiler       // of a profiled trial
	watched   results.HostWatch // what the machine did in the window
	early     []string          // warnings of servers whose command ended before it was told to
	remaining []string          // processes of stopped servers that could not be ended
	used      float64           // CPU time of the servers in the window, in seconds; below 0 if unknown
}

// resolve fills in the values that the scenario leaves to the trial. Every server with a
// command gets a port, and a socket if it listens on one. The targets stay open until
// setup has extracted what they need.
func (r *runner) resolve() (err error) {
	r.env = scenario.Env{
		Ports: map[string]int{}, Sockets: map[string]string{}, Binaries: r.spec.Binaries,
		Seed: r.spec.Planned.Seed, Layout: r.spec.Planned.Layout,
	}
	for _, s := range r.spec.Scenario.Servers {
		if len(s.Command) == 0 {
			continue
		}
		port, err := process.FreePort()
		if err != nil {
			return err
		}
		r.env.Ports[s.Name] = port
		if !s.OnSocket {
			continue
		}
		socket, err := process.NewSocket()
		if err != nil {
			return fmt.Errorf("server %s: %w", s.Name, err)
		}
		r.sockets = append(r.sockets, socket)
		r.env.Sockets[s.Name] = socket.Path
	}
	r.resolved, err = r.spec.Scenario.Resolve(r.spec.Cell, r.env)
	return err
}

// discardSockets removes the sockets of the servers, which have ended.
func (r *runner) discardSockets() {
	for _, s := range r.sockets {
		s.Remove()
	}
	r.sockets = nil
}
