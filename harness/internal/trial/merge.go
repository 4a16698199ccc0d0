package trial

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/results"
)

// Bounds on the clocks of hosts. Latencies do not depend on them, because each is measured
// by one clock; they say how well the generators kept to one schedule.
const (
	// MaxClockError is the most by which the offset of a host's clock may be uncertain,
	// which is half a round trip: generators then start within twice that of each other.
	MaxClockError = 25 * time.Millisecond
	// maxDrift is how far a clock may move against that of the coordinator during a
	// trial, beyond what cannot be told from the error, plus maxDriftShare of its length:
	// clocks that are kept right by the system run wrong by less.
	maxDrift      = time.Millisecond
	maxDriftShare = 200e-6
)

// record begins the record of the trial.
func (r *joint) record() results.Trial {
	p := r.spec.Planned
	return results.Trial{
		ID: r.spec.ID(), Order: p.Order, Block: p.Block, Attempt: r.spec.Attempt,
		Scenario: p.Scenario, Variant: p.Variant, Matrix: p.Matrix, Seed: p.Seed,
		Start: r.begin.Sub(r.spec.RunStart).Seconds(),
	}
}

// void records a trial that the crew spoiled.
func (r *joint) void(why error) (*Result, error) {
	log, err := r.openLog()
	if err == nil && log != nil {
		err = log.Flush()
	}
	if err != nil {
		return nil, err
	}
	t := r.record()
	t.Duration = time.Since(r.begin).Seconds()
	t.Streams, t.Servers = []results.StreamResult{}, []results.ServerResult{}
	t.Invalid = []string{why.Error()}
	return &Result{Trial: t}, nil
}

// result joins what the hosts have measured.
func (r *joint) result() (*Result, error) {
	t := r.record()
	log, err := r.openLog()
	if err != nil {
		return nil, err
	}
	if t.Streams, err = r.streams(&t, log); err != nil {
		return nil, err
	}
	if log != nil {
		if err := log.Flush(); err != nil {
			return nil, fmt.Errorf("trial %s: write histograms: %w", r.spec.ID(), err)
		}
	}
	r.server(&t)
	t.Hosts = r.hostResults()
	t.Host = r.machines()
	t.Duration = time.Since(r.begin).Seconds()
	r.checkClocks(&t)
	check(&t, r.spec.Foreign, r.spec.Lenient)
	res := &Result{Trial: t, Placement: r.spec.Placement}
	for _, rest := range r.rests {
		res.Samples = append(res.Samples, rest.Samples...)
		res.Trial.Warnings = append(res.Trial.Warnings, rest.Warnings...)
	}
	for _, m := range r.monitors {
		res.Samples = append(res.Samples, m.samples...)
		res.Trial.Warnings = append(res.Trial.Warnings, m.warnings...)
	}
	slices.SortStableFunc(res.Samples, func(a, b results.Sample) int { return cmp.Compare(a.At, b.At) })
	return res, nil
}

// streams joins the slices of every stream. Slices that are not complete make the trial
// void.
func (r *joint) streams(t *results.Trial, log *results.LogWriter) ([]results.StreamResult, error) {
	all := make([]results.StreamResult, len(r.resolved.Streams))
	of := len(r.drives)
	for i := range r.resolved.Streams {
		st := &r.resolved.Streams[i]
		cfg, err := r.config(st, log)
		if err != nil {
			return nil, err
		}
		planned := uint64(0)
		if s := cfg.Schedule; s != nil {
			for walk := s.Clone(); ; planned++ {
				if _, ok := walk.Next(); !ok {
					break
				}
			}
		}
		var made []*attack.Made
		for n, d := range r.drives {
			if len(d.Streams) != len(all) || d.Streams[i] == nil {
				return nil, fmt.Errorf("trial %s: generator %d has no result of stream %s", r.spec.ID(), n, st.Name)
			}
			made = append(made, d.Streams[i])
		}
		if why := attack.Missing(made, of, planned); why != "" {
			t.Invalid = append(t.Invalid, fmt.Sprintf("stream %s: %s", st.Name, why))
		}
		res, _, err := attack.Join(cfg, made)
		if err != nil {
			return nil, fmt.Errorf("trial %s: %w", r.spec.ID(), err)
		}
		res.Name = st.Name
		all[i] = *res
		for n, m := range made {
			if err := r.single(&r.hosts[n], cfg, m); err != nil {
				return nil, fmt.Errorf("trial %s: %w", r.spec.ID(), err)
			}
		}
	}
	return all, nil
}

// single adds to a generator's result how well it made its slice of a stream.
func (r *joint) single(h *results.HostResult, cfg attack.Config, m *attack.Made) error {
	cfg.Log, cfg.Slice = nil, m.Slice
	res, g, err := attack.Join(cfg, []*attack.Made{m})
	if err != nil {
		return err
	}
	h.Sent += m.Sent
	if h.Limited == "" {
		h.Limited = res.GeneratorLimited
	}
	h.LagP99, h.HandlingP99 = larger(h.LagP99, g.LagP99), larger(h.HandlingP99, g.HandlingP99)
	for _, busy := range res.LaneBusy {
		h.LaneBusy = max(h.LaneBusy, busy)
	}
	return nil
}

// larger returns the larger of a time in seconds and a duration. Either may be missing.
func larger(a *float64, b *time.Duration) *float64 {
	if b == nil {
		return a
	}
	seconds := b.Seconds()
	if a != nil && *a > seconds {
		return a
	}
	return &seconds
}

// server adds the results of the servers, in the order of the scenario.
func (r *joint) server(t *results.Trial) {
	byName := map[string]results.ServerResult{}
	for _, rest := range r.rests {
		for _, s := range rest.Servers {
			byName[s.Name] = s
		}
	}
	for _, m := range r.monitors { // of servers that already ran
		byName[m.server.Name] = m.result()
	}
	for _, st := range r.standing {
		s := byName[st.Name]
		s.Name, s.Ready = st.Name, st.Ready.Seconds()
		t.Servers = append(t.Servers, s)
	}
}

// hostResults completes what is known of each host.
func (r *joint) hostResults() []results.HostResult {
	for i, m := range r.members() {
		h := &r.hosts[i]
		h.Name, h.Role = m.Name(), results.RoleServer
		of := r.machineOf(i)
		if i < len(r.drives) {
			h.Role = results.RoleGenerator
		}
		h.CPU, h.Retransmits = of.Own, of.Retransmits
	}
	return r.hosts
}

// machineOf is what a member saw of its machine.
func (r *joint) machineOf(i int) *Machine {
	if i < len(r.drives) {
		return &r.drives[i].Machine
	}
	return &r.rests[i-len(r.drives)].Machine
}

// machines sums up what the hosts saw of their machines. Foreign is that of the machine
// which was disturbed most; hosts on one machine, such as containers, do not count as
// foreign to each other.
func (r *joint) machines() results.HostWatch {
	all := []*Machine{r.here()}
	names := []string{"coordinator"}
	for i, m := range r.members() {
		if r.idle(m) {
			continue // nobody watched it
		}
		all, names = append(all, r.machineOf(i)), append(names, m.Name())
	}
	w := results.HostWatch{Hosts: new(results.WatchHosts)}
	several := false
	for i, m := range all {
		several = several || m.Boot != all[0].Boot
		if f := r.foreign(all, i); most(w.Foreign, f) != w.Foreign {
			w.Foreign, w.Hosts.Foreign, w.Programs = f, names[i], m.Watch.Programs
			if m.Boot == all[0].Boot { // this process knows which programs belong to the run
				w.Programs = r.watched.Programs
			}
		}
		if most(w.Steal, m.Watch.Steal) != w.Steal {
			w.Steal, w.Hosts.Steal = m.Watch.Steal, names[i]
		}
		w.SoftIRQ = most(w.SoftIRQ, m.Watch.SoftIRQ)
		if most(w.Throttled, m.Watch.Throttled) != w.Throttled {
			w.Throttled, w.Hosts.Throttled = m.Watch.Throttled, names[i]
		}
		if math.Abs(m.Watch.ClockStep) > math.Abs(w.ClockStep) {
			w.ClockStep, w.Hosts.ClockStep = m.Watch.ClockStep, names[i]
		}
		if m.Watch.GeneratorGap > w.GeneratorGap {
			w.GeneratorGap, w.Hosts.GeneratorGap = m.Watch.GeneratorGap, names[i]
		}
		if i > 0 && i <= len(r.drives) {
			w.GeneratorProc += m.Watch.GeneratorProc
			if g := m.Watch.Generator; g != nil {
				sum := *g
				if w.Generator != nil {
					sum += *w.Generator
				}
				w.Generator = &sum
			}
		}
	}
	if !several {
		w.Hosts = nil
	}
	return w
}

// foreign is what other programs took of the machine of a host. It is unknown, and nil, on
// this machine if a server already ran whose processes cannot be told from other programs.
func (r *joint) foreign(all []*Machine, i int) *float64 {
	if r.used < 0 && all[i].Boot != "" && all[i].Boot == all[0].Boot {
		return nil
	}
	return foreign(all, i)
}

// foreign is what other programs took of the machine of a host, without what the other
// hosts on that machine used. It is nil if that is unknown.
func foreign(all []*Machine, i int) *float64 {
	m := all[i]
	if m.Watch.Foreign == nil {
		return nil
	}
	rest := *m.Watch.Foreign
	for k, other := range all {
		if k == i || m.Boot == "" || other.Boot != m.Boot {
			continue
		}
		if other.Own == nil {
			return nil
		}
		rest -= *other.Own
	}
	return &rest
}

// most returns the larger of two numbers, either of which may be missing.
func most(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// checkClocks makes the trial void if the clocks of the hosts cannot be trusted.
func (r *joint) checkClocks(t *results.Trial) {
	for i := range t.Hosts {
		h := &t.Hosts[i]
		if limit := MaxClockError.Seconds(); h.ClockError > limit {
			t.Invalid = append(t.Invalid, fmt.Sprintf("%s: its clock is known to within %.1f ms only (limit %.0f ms): the network to it is too slow", h.Name, 1e3*h.ClockError, 1e3*limit))
		}
		limit := maxDrift.Seconds() + 2*h.ClockError + maxDriftShare*t.Duration
		if math.Abs(h.ClockDrift) > limit {
			t.Invalid = append(t.Invalid, fmt.Sprintf("%s: its clock moved by %.2f ms during the trial (limit %.2f ms)", h.Name, 1e3*h.ClockDrift, 1e3*limit))
		}
	}
}
