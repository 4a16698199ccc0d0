package trial

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/secret"
	"github.com/assay-bench/assay/results"
)

// Crew are the hosts that make the trials of a run.
type Crew struct {
	// Generators share every load. The first of them also sends the requests of setup.
	Generators []Member
	// Hosts are the hosts of servers, in the order of the manifest.
	Hosts []Member
	// On returns the host of a server with a command, as an index of Hosts, and the
	// address at which generators reach it.
	On func(s *scenario.Scenario, server string) (host int, address string)
}

// headway is how far ahead the start of a load is fixed. Every host has to learn of it
// before.
const headway = 1200 * time.Millisecond

// RunOn makes the trial on several hosts. prepare and cleanup run on this host; servers,
// setup and load are the crew's. It is as Run otherwise: an error means that there is no
// trial. A trial that the crew spoiled is recorded as void, without streams.
func RunOn(ctx context.Context, s Spec, c *Crew) (res *Result, err error) {
	r := &joint{runner: &runner{spec: s, placement: s.Placement, blanker: secret.New(s.Scenario.Secrets())}, crew: c, begin: time.Now()}
	r.spec.Scenario = s.Scenario.For(s.Cell)
	defer func() { res, err = r.blank(res, err) }()
	res, err = r.run(ctx)
	var void *Void
	if errors.As(err, &void) && ctx.Err() == nil {
		return r.void(err)
	}
	return res, err
}

// joint is the state of a trial that several hosts make together.
type joint struct {
	*runner
	crew  *Crew
	begin time.Time
	// tasks and clocks are by host; standing are the servers that run, in the order of
	// their start. hosts and drives are in the order of members, drives of the
	// generators alone.
	tasks    map[Member]*Task
	standing []Standing
	hosting  []int // indices of crew.Hosts, for each server that was started, in order
	hosts    []results.HostResult
	clocks   map[Member]Clock
	drives   []*Drive
	rests    []*Rest // of crew.Hosts
	finished bool    // finish was called
}

// members are all hosts, generators first.
func (r *joint) members() []Member { return slices.Concat(r.crew.Generators, r.crew.Hosts) }

// run makes the trial. Whatever goes wrong, every host is told to finish, and cleanup
// runs if prepare may have.
func (r *joint) run(ctx context.Context) (_ *Result, err error) {
	enlisted := false
	defer func() {
		if err != nil {
			err = r.explained(err, r.finish(context.WithoutCancel(ctx), true))
		}
		if enlisted { // the servers have ended
			err = errors.Join(err, r.cleanup(ctx))
		}
	}()
	if err := r.enlist(ctx); err != nil {
		return nil, err
	}
	enlisted = true
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{r.startAll, r.setupOn, r.connectAll, r.load} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	warnings := r.misled(ctx, r.answered()) // while the servers are there to be asked
	if err := r.finish(ctx, false); err != nil {
		return nil, err
	}
	res, err := r.result()
	if err == nil {
		res.Trial.Warnings = append(res.Trial.Warnings, warnings...)
	}
	return res, err
}

// idle reports whether a host of servers has none in this trial: those that it is there for
// belong to another scenario of the run.
func (r *joint) idle(m Member) bool {
	t := r.tasks[m]
	return t != nil && len(t.Servers) == 0 && slices.Contains(r.crew.Hosts, m)
}

// on adds the name of a member to an error.
func on(m Member, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", m.Name(), err)
}

// each calls do for members at once, with the number of each, and returns the first error.
func each(ctx context.Context, all []Member, do func(context.Context, int, Member) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for i, m := range all {
		g.Go(func() error { return on(m, do(ctx, i, m)) })
	}
	return g.Wait()
}

// enlist tells every host which trial is to be made, and learns the ports of the
// servers. Only the hosts know which of their ports are free, so that the scenario can
// be resolved when all have answered.
func (r *joint) enlist(ctx context.Context) (err error) {
	p := r.spec.Planned
	r.env = scenario.Env{
		Ports: map[string]int{}, Hosts: map[string]string{}, Binaries: r.spec.Binaries, Seed: p.Seed, Layout: p.Layout,
	}
	r.tasks = map[Member]*Task{}
	for _, m := range r.members() {
		r.tasks[m] = &Task{Cell: r.spec.Cell, Planned: p, Attempt: r.spec.Attempt, Binaries: map[string]string{}, Foreign: r.spec.Foreign}
	}
	for _, v := range r.spec.Scenario.Servers {
		if len(v.Command) == 0 {
			continue
		}
		n, address := r.crew.On(r.spec.Scenario, v.Name)
		t := r.tasks[r.crew.Hosts[n]]
		t.Servers = append(t.Servers, v.Name)
		if path, built := r.spec.Binaries[v.Name]; built {
			t.Binaries[v.Name] = path
		}
		r.env.Hosts[v.Name] = address
	}
	ports := make([]map[string]int, len(r.members()))
	err = each(ctx, r.members(), func(ctx context.Context, i int, m Member) (err error) {
		ports[i], err = m.Begin(ctx, *r.tasks[m])
		return err
	})
	if err != nil {
		return err
	}
	for _, of := range ports {
		maps.Copy(r.env.Ports, of)
	}
	r.resolved, err = r.spec.Scenario.Resolve(r.spec.Cell, r.env)
	return err
}

// startAll starts the servers in order. One that already runs is asked by the first
// generator whether it is ready.
func (r *joint) startAll(ctx context.Context) error {
	for _, v := range r.resolved.Servers {
		m := r.crew.Generators[0]
		if len(v.Command) > 0 {
			n, _ := r.crew.On(r.spec.Scenario, v.Name)
			m = r.crew.Hosts[n]
			r.hosting = append(r.hosting, n)
		}
		st, err := m.Start(ctx, r.env, v.Name)
		if err == nil && len(v.Command) == 0 {
			err = r.watchRunning(v)
		}
		if err != nil {
			return fmt.Errorf("trial %s: %w", r.spec.ID(), on(m, err))
		}
		r.standing = append(r.standing, st)
	}
	return nil
}

// setupOn lets the first generator send the requests of setup.
func (r *joint) setupOn(ctx context.Context) (err error) {
	if len(r.spec.Scenario.Setup) == 0 {
		return nil
	}
	m := r.crew.Generators[0]
	r.env.Extracted, err = m.Setup(ctx, r.env, r.standing)
	for name, value := range r.env.Extracted {
		r.blanker.Add(name, value)
	}
	if err != nil {
		return fmt.Errorf("trial %s: %w", r.spec.ID(), on(m, err))
	}
	r.resolved, err = r.spec.Scenario.Resolve(r.spec.Cell, r.env)
	return err
}

// connectAll lets every generator open its share of the connections. It notes how long a
// connection took from each of them, which shows how far the server is.
func (r *joint) connectAll(ctx context.Context) error {
	all := r.crew.Generators
	r.hosts = make([]results.HostResult, len(r.members()))
	defer r.tellWhileOpening()()
	return each(ctx, all, func(ctx context.Context, i int, m Member) error {
		trip, err := m.Connect(ctx, r.env, r.standing, attack.Slice{Number: i, Of: len(all)})
		seconds := trip.Seconds()
		r.hosts[i].ServerRoundTrip = &seconds
		return err
	})
}

// compare compares the clocks of all hosts with that of this one, one after the other:
// exchanges at the same time would delay each other.
func (r *joint) compare(ctx context.Context) (map[Member]Clock, error) {
	all := map[Member]Clock{}
	for _, m := range r.members() {
		c, err := m.Clock(ctx)
		if err != nil {
			return nil, on(m, err)
		}
		all[m] = c
	}
	return all, nil
}

// load makes the load on all generators, while this host and those of the servers watch.
// The clocks are compared before and after, because a latency depends on one clock, but
// the common start on all of them.
func (r *joint) load(ctx context.Context) (err error) {
	if r.clocks, err = r.compare(ctx); err != nil {
		return err
	}
	zero := time.Now().Add(headway)
	err = each(ctx, r.crew.Hosts, func(ctx context.Context, _ int, m Member) error {
		if r.idle(m) {
			return nil
		}
		return m.Watch(ctx, zero)
	})
	if err != nil {
		return err
	}
	known := make(chan struct{})
	close(known)
	watch, hasten := context.WithCancel(ctx)
	defer hasten()
	seen := r.watch(watch, begun{known, func() time.Time { return zero }, nil})
	pulse := host.BeginPulse()
	err = r.attackAll(ctx, zero)
	if err != nil {
		hasten()
	}
	gap, step := pulse.End()
	seen()
	r.watched.GeneratorGap, r.watched.ClockStep = gap.Seconds(), step.Seconds()
	if err != nil {
		return err
	}
	r.servers = nil // from here on all of them, to look up their URLs
	for _, v := range r.resolved.Servers {
		r.servers = append(r.servers, &server{Server: v})
	}
	after, err := r.compare(ctx)
	if err != nil {
		return err
	}
	for i, m := range r.members() {
		h := &r.hosts[i]
		h.ClockOffset, h.ClockError = r.clocks[m].Offset.Seconds(), max(r.clocks[m].Error, after[m].Error).Seconds()
		h.ClockDrift = (after[m].Offset - r.clocks[m].Offset).Seconds()
	}
	return nil
}

// attackAll makes the load on all generators. It breaks off as soon as any host is lost.
func (r *joint) attackAll(ctx context.Context, zero time.Time) error {
	r.drives = make([]*Drive, len(r.crew.Generators))
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	for _, m := range r.crew.Hosts {
		gone := m.Gone()
		go func() {
			select {
			case <-gone:
				lose(on(m, &Void{errors.New("the host of a server was lost under load")}))
			case <-ctx.Done():
			}
		}()
	}
	err := each(ctx, r.crew.Generators, func(ctx context.Context, i int, m Member) (err error) {
		r.drives[i], err = m.Attack(ctx, zero)
		return err
	})
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// finish ends the trial on every host that can still be reached. It is called once the
// load is over, or after an error.
func (r *joint) finish(ctx context.Context, early bool) error {
	if r.finished || r.tasks == nil {
		return nil
	}
	r.finished = true
	all := r.members()
	rests := make([]*Rest, len(all))
	var errs []error
	for _, i := range r.ending() { // one after the other: servers depend on each other
		m := all[i]
		rest, err := m.Finish(ctx, early)
		if err != nil {
			errs = append(errs, on(m, err))
			rest = &Rest{}
		}
		rests[i] = rest
	}
	r.rests = rests[len(r.crew.Generators):]
	return errors.Join(errs...)
}

// ending returns the members in the order in which they finish: generators first, then the
// hosts of servers, that of the server that was started last before the others. A server may
// need those that were started before it until it has ended.
func (r *joint) ending() (order []int) {
	first := len(r.crew.Generators)
	for i := range first {
		order = append(order, i)
	}
	hosts := slices.Clone(r.hosting)
	slices.Reverse(hosts)
	for n := range r.crew.Hosts {
		hosts = append(hosts, n) // those without a server come last
	}
	for _, n := range hosts {
		if !slices.Contains(order, first+n) {
			order = append(order, first+n)
		}
	}
	return order
}

// explained adds to an error what became of the servers: one that has ended explains most
// failures.
func (r *joint) explained(err, ending error) error {
	for _, rest := range r.rests {
		for _, s := range rest.Servers {
			if s.Crashed {
				err = fmt.Errorf("%w\n  server %s has exited (%s); its last output:\n%s", err, s.Name, s.Exit, s.LogTail)
			}
		}
	}
	var void *Void
	if ending != nil && !errors.As(err, &void) {
		err = errors.Join(err, ending)
	}
	return err
}
