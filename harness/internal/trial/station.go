package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/secret"
	"github.com/assay-bench/assay/harness/internal/setup"
)

// Station is a host in the trials of a run: the Member that does the work itself. It makes
// one trial after another.
type Station struct {
	name      string
	placement host.Placement
	scenarios map[string]*scenario.Scenario
	live      func(attack.Live)
	part      *part // of the trial that is being made; nil between trials
}

// part is the state of a trial on one host.
type part struct {
	*runner
	// attacks are prepared by Connect, and release closes them; both are nil on a host
	// of servers.
	attacks  []*attack.Attack
	release  func()
	watching func()       // ends the watch of the servers; nil without one
	hasten   func()       // makes watching return at once
	before   *uint64      // retransmits when the load began
	confine  func() error // undoes host.Free; nil without it
}

// NewStation makes a station. placement says where servers and generators run on this
// host, scenarios are those of the run by name, and live receives the progress of a load;
// it may be nil.
func NewStation(name string, placement host.Placement, scenarios map[string]*scenario.Scenario, live func(attack.Live)) *Station {
	return &Station{name: name, placement: placement, scenarios: scenarios, live: live}
}

// Name implements Member.
func (s *Station) Name() string { return s.name }

// Gone implements Member: a station is as alive as this process.
func (s *Station) Gone() <-chan struct{} { return nil }

// Begin implements Member. A trial that was not finished is ended.
func (s *Station) Begin(_ context.Context, t Task) (map[string]int, error) {
	s.end()
	sc := s.scenarios[t.Planned.Scenario]
	if sc == nil {
		return nil, fmt.Errorf("there is no scenario %s", t.Planned.Scenario)
	}
	sc = sc.For(t.Cell)
	spec := Spec{Scenario: sc, Cell: t.Cell, Planned: t.Planned, Attempt: t.Attempt, Placement: s.placement, Binaries: t.Binaries, Foreign: t.Foreign, Live: s.live}
	s.part = &part{runner: &runner{spec: spec, placement: s.placement, blanker: secret.New(sc.Secrets())}}
	ports := map[string]int{}
	for _, name := range t.Servers {
		port, err := process.FreePort()
		if err != nil {
			return nil, err
		}
		ports[name] = port
	}
	return ports, nil
}

// adopt takes over the environment of the trial as far as it is known. What setup
// extracted counts as a secret on this host too.
func (p *part) adopt(env scenario.Env) (err error) {
	for name, path := range p.spec.Binaries {
		if env.Binaries == nil {
			env.Binaries = map[string]string{}
		}
		env.Binaries[name] = path
	}
	for name, value := range env.Extracted {
		p.blanker.Add(name, value)
	}
	p.env = env
	if p.resolved, err = p.spec.Scenario.Resolve(p.spec.Cell, env); err != nil {
		return err
	}
	if p.resolved.Unplaced {
		p.placement = host.Placement{}
	}
	return nil
}

// current returns the trial that is being made, with its environment. A part on other
// CPUs than those of the host is freed at the first step that knows so.
func (s *Station) current(env scenario.Env) (*part, error) {
	if s.part == nil {
		return nil, errors.New("there is no trial to go on with")
	}
	if err := s.part.adopt(env); err != nil {
		return nil, s.part.blanker.Error(err)
	}
	return s.part, s.part.free(s.placement)
}

// Start implements Member.
func (s *Station) Start(ctx context.Context, env scenario.Env, name string) (st Standing, err error) {
	p, err := s.current(env)
	if err != nil {
		return st, err
	}
	defer func() { err = p.blanker.Error(err) }()
	i := slices.IndexFunc(p.resolved.Servers, func(v scenario.Server) bool { return v.Name == name })
	if i < 0 {
		return st, fmt.Errorf("there is no server %s", name)
	}
	start := p.take
	if len(p.resolved.Servers[i].Command) == 0 {
		start = p.startOne // the coordinator watches it
	}
	started, err := start(ctx, p.resolved.Servers[i])
	if err != nil {
		return st, err
	}
	return Standing{name, started.ready, started.closes}, nil
}

// Setup implements Member.
func (s *Station) Setup(ctx context.Context, env scenario.Env, standing []Standing) (_ map[string]string, err error) {
	p, err := s.current(env)
	if err != nil {
		return nil, err
	}
	defer func() { err = p.blanker.Error(err) }()
	clients := map[string]*setup.Client{}
	for _, v := range p.resolved.Servers {
		secure, err := v.TLS.Config()
		if err != nil {
			return nil, fmt.Errorf("server %s: %w", v.Name, err)
		}
		clients[v.Name] = setup.NewClient(v.URL, secure)
		defer clients[v.Name].Close()
	}
	err = setup.Run(ctx, p.spec.Scenario, p.spec.Cell, &p.env, func(server string) *setup.Client { return clients[server] }, nil)
	for name, value := range p.env.Extracted {
		p.blanker.Add(name, value)
	}
	return p.env.Extracted, err
}

// Connect implements Member.
func (s *Station) Connect(ctx context.Context, env scenario.Env, standing []Standing, slice attack.Slice) (trip time.Duration, err error) {
	p, err := s.current(env)
	if err != nil {
		return 0, err
	}
	defer func() { err = p.blanker.Error(err) }()
	// The servers stand elsewhere, so this host only knows where.
	p.servers = nil
	for _, v := range p.resolved.Servers {
		secure, err := v.TLS.Config()
		if err != nil {
			return 0, fmt.Errorf("server %s: %w", v.Name, err)
		}
		sv := &server{Server: v, secure: secure}
		if i := slices.IndexFunc(standing, func(st Standing) bool { return st.Name == v.Name }); i >= 0 {
			sv.ready, sv.closes = standing[i].Ready, standing[i].Closes
		}
		p.servers = append(p.servers, sv)
	}
	if trip, err = roundTrip(ctx, p.serverOf(&p.resolved.Streams[0]).URL); err != nil {
		return 0, err
	}
	p.attacks, p.release, err = p.connect(ctx, nil, slice)
	return trip, err
}

// free lets this process, and the servers that it starts, use all CPUs, if the scenario
// places nothing.
func (p *part) free(placement host.Placement) error {
	if !p.resolved.Unplaced || p.confine != nil {
		return nil
	}
	p.confine = func() error { return host.Confine(placement) }
	return host.Free(placement, len(p.resolved.Streams))
}

// probes is how many connections are opened to find out how long one takes.
const probes = 5

// roundTrip returns the least time in which a connection to a server was opened. The
// shortest of several counts, because only delays are added by chance.
func roundTrip(ctx context.Context, base string) (least time.Duration, err error) {
	address, err := reach.Address(base)
	if err != nil {
		return 0, err
	}
	dialer := reach.For(base)
	dialer.Timeout = 10 * time.Second
	for range probes {
		begin := time.Now()
		c, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return 0, fmt.Errorf("the server at %s cannot be reached from here: %w; it has to listen on an address that other hosts reach: write ${host} in its command", address, err)
		}
		took := time.Since(begin)
		c.Close()
		if least == 0 || took < least {
			least = took
		}
	}
	return least, nil
}

// Clock implements Member: this process has the clock of the coordinator.
func (s *Station) Clock(context.Context) (Clock, error) { return Clock{}, nil }

// Watch implements Member.
func (s *Station) Watch(ctx context.Context, zero time.Time) error {
	p := s.part
	if p == nil || p.resolved == nil {
		return errors.New("there is no trial to watch")
	}
	p.before = host.Retransmits()
	known := make(chan struct{})
	close(known)
	pulse := host.BeginPulse()
	// The watch outlasts the order to begin it.
	ctx, p.hasten = context.WithCancel(context.WithoutCancel(ctx))
	finish := p.watch(ctx, begun{known, func() time.Time { return zero }, nil})
	p.watching = func() {
		finish()
		p.hasten()
		gap, step := pulse.End()
		p.watched.GeneratorGap, p.watched.ClockStep = gap.Seconds(), step.Seconds()
	}
	return nil
}

// leastSpare is how long before the start of a load a generator has to be ready.
const leastSpare = 20 * time.Millisecond

// Attack implements Member.
func (s *Station) Attack(ctx context.Context, zero time.Time) (d *Drive, err error) {
	p := s.part
	if p == nil || len(p.attacks) == 0 {
		return nil, errors.New("there is no load to make")
	}
	defer func() { err = p.blanker.Error(err) }()
	d = &Drive{Streams: make([]*attack.Made, len(p.attacks)), Spare: time.Until(zero)}
	if d.Spare < leastSpare {
		return nil, late(leastSpare - d.Spare)
	}
	for _, a := range p.attacks {
		a.StartAt(zero)
	}
	before := host.Retransmits()
	p.servers = nil // none of them is watched here
	err = p.drive(ctx, p.attacks, func(ctx context.Context, i int) (err error) {
		d.Streams[i], err = p.attacks[i].Share(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Machine = p.seen(before)
	return d, nil
}

// seen returns what else happened on this machine since before.
func (p *part) seen(before *uint64) Machine {
	m := Machine{Boot: host.Boot(), Watch: p.watched}
	if g := p.watched.Generator; g != nil {
		own := *g
		if window, _ := p.window(); p.used > 0 && window > 0 {
			own += p.used / window.Seconds()
		}
		m.Own = &own
	}
	if after := host.Retransmits(); before != nil && after != nil && *after >= *before {
		n := *after - *before
		m.Retransmits = &n
	}
	return m
}

// Finish implements Member.
func (s *Station) Finish(_ context.Context, early bool) (*Rest, error) {
	p := s.part
	if p == nil {
		return &Rest{}, nil
	}
	rest := &Rest{}
	if p.watching != nil {
		if early {
			p.hasten()
		}
		p.watching()
		p.watching = nil
		rest.Machine = p.seen(p.before)
	}
	if p.attacks == nil {
		rest.Servers = p.stop()
		rest.Warnings = append(rest.Warnings, p.early...)
	}
	for _, m := range p.monitors {
		rest.Samples = append(rest.Samples, m.samples...)
		rest.Warnings = append(rest.Warnings, m.warnings...)
	}
	return rest, errors.Join(p.stuck(), s.end())
}

// end ends the trial that is being made, if there is one.
func (s *Station) end() (err error) {
	p := s.part
	if p == nil {
		return nil
	}
	s.part = nil
	if p.watching != nil {
		p.hasten()
		p.watching()
	}
	if p.release != nil {
		p.release()
	}
	p.stop()
	if p.confine != nil {
		err = p.confine()
	}
	return err
}

// Close ends whatever the station still does, and every process that it started.
func (s *Station) Close() error { return s.end() }

// Abandon is Close for a run that is over: servers are killed, and nobody waits until they
// stop by themselves.
func (s *Station) Abandon() {
	if s.part != nil {
		for _, sv := range s.part.servers {
			if sv.process != nil {
				sv.process.Kill()
			}
		}
	}
	_ = s.end() // nobody is left to be told
}

var _ Member = (*Station)(nil)
