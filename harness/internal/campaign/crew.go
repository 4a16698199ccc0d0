package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/launch"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/results"
)

// awaitTime is how long a run waits for its workers, at the beginning and after a loss.
const awaitTime = time.Minute

// errHosts ends a run whose hosts were lost or late in more blocks than it may repeat.
var errHosts = errors.New("the hosts of the run are not reliable enough to measure on")

// crew is the workers of a run on several hosts, while it lasts.
type crew struct {
	options  *Hosts
	launcher launch.Launcher
	// workers has one for each seat, and groups are the processes that hold them.
	workers []launch.Worker
	groups  []*launch.Group
	*work.Coordinator
	address string                            // of this machine, for other hosts
	failed  chan error                        // receives why a group has ended, unasked
	live    atomic.Pointer[func(attack.Live)] // receives the progress of the trial that is being made
	gone    bool                              // the crew was closed
	// topo is for the manifest. It is of the beginning of the run, whatever was replaced
	// since.
	topo *results.Topology
}

// assemble starts the workers of a run, waits until all are there, and describes their
// hosts. It returns nil if the run is made by this process alone.
func assemble(ctx context.Context, o *Options, all []Work, p host.Placement, warn func(string)) (_ *crew, err error) {
	if o.On == "" {
		return nil, nil
	}
	c := &crew{options: &o.Hosts, failed: make(chan error, 64)}
	if c.launcher, err = o.launcher(); err != nil {
		return nil, err
	}
	if c.workers, err = o.workers(all); err != nil {
		return nil, err
	}
	if err := c.listen(o, all, p, warn); err != nil {
		return nil, err
	}
	err = c.launch(ctx, c.workers)
	if err == nil {
		c.topo, err = c.describe(ctx, all)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// listen starts the coordinator.
func (c *crew) listen(o *Options, all []Work, p host.Placement, warn func(string)) (err error) {
	var scenarios []*scenario.Scenario
	for _, w := range all {
		scenarios = append(scenarios, w.Scenario)
	}
	opt := work.Options{Log: warn, Live: func(l attack.Live) {
		if live := c.live.Load(); live != nil && *live != nil {
			(*live)(l)
		}
	}}
	if opt.Shipment, err = work.Ship(scenarios, o.AllowRemote, o.Quick); err != nil {
		return err
	}
	if opt.Build, err = work.Build(); err != nil {
		return err
	}
	if opt.Listen, opt.Address, err = o.address(); err != nil {
		return err
	}
	c.address = opt.Address
	for _, w := range c.workers {
		seat := work.Seat{Name: w.Seat, Role: results.RoleServer}
		if strings.HasPrefix(w.Seat, results.RoleGenerator+"-") {
			seat.Role = results.RoleGenerator
		}
		if o.On == launch.Local {
			seat.Placement = &p
		}
		opt.Seats = append(opt.Seats, seat)
	}
	c.Coordinator, err = work.Listen(opt)
	return err
}

// launch starts workers and waits until all seats are taken. A group that ends before
// all have come ends the wait with its reason.
func (c *crew) launch(ctx context.Context, workers []launch.Worker) error {
	groups, err := c.launcher.Launch(ctx, workers, c.Config())
	if err != nil {
		return err
	}
	c.groups = append(c.groups, groups...)
	for _, g := range groups {
		go func() {
			<-g.Done()
			if g.Ended() {
				return // another worker may have the seat already
			}
			for _, w := range g.Workers {
				c.Lose(w.Seat, g.Err().Error())
			}
			select {
			case c.failed <- g.Err():
			default:
			}
		}()
	}
	return c.Await(ctx, awaitTime, c.failed)
}

// ready makes sure that every seat has a worker before a trial begins. The processes of
// seats that were lost are ended and started again, with all the seats that they had.
func (c *crew) ready(ctx context.Context, warn func(string, ...any)) error {
	empty := c.Empty()
	if len(empty) == 0 {
		return nil
	}
	warn("%s: lost; starting a new worker, which has %v to report", strings.Join(empty, ", "), awaitTime)
	var again []launch.Worker
	c.groups = slices.DeleteFunc(c.groups, func(g *launch.Group) bool {
		if !slices.ContainsFunc(g.Workers, func(w launch.Worker) bool { return slices.Contains(empty, w.Seat) }) {
			return false
		}
		g.Kill() // it may be stopped, or cut off
		for _, w := range g.Workers {
			c.Lose(w.Seat, "it was ended, to be started again")
		}
		again = append(again, g.Workers...)
		return true
	})
	for len(c.failed) > 0 {
		<-c.failed // of workers that are started again
	}
	if err := c.launch(ctx, again); err != nil {
		return fmt.Errorf("replace lost workers: %w", err)
	}
	return nil
}

// close ends the workers. It waits until they have gone.
func (c *crew) close() {
	if c == nil || c.gone {
		return
	}
	c.gone = true
	c.Coordinator.Close()
	for _, g := range c.groups {
		g.Stop()
	}
}

// describe says on which hosts the run is made. The round trip is twice the error of the
// clock, by the definition of that error.
func (c *crew) describe(ctx context.Context, all []Work) (*results.Topology, error) {
	t := &results.Topology{Engine: c.options.On, Generators: len(c.Names(results.RoleGenerator))}
	on := serverHosts(all)
	for _, w := range c.workers {
		h := c.Host(w.Seat)
		h.Node, h.Servers = cmp.Or(h.Node, w.Node), on[w.Seat]
		h.Address = c.addressOf(w.Seat)
		clock, err := c.Member(w.Seat).Clock(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Seat, err)
		}
		h.RoundTrip = 2 * clock.Error.Seconds()
		t.Hosts = append(t.Hosts, h)
	}
	return t, nil
}

// addressOf returns where other hosts reach the servers on a host. A worker on this machine
// reaches the coordinator by loopback, which is nothing to others.
func (c *crew) addressOf(seat string) string {
	if c.options.On == launch.Local {
		return "127.0.0.1"
	}
	address := c.Host(seat).Address
	if ip := net.ParseIP(address); ip == nil || ip.IsLoopback() {
		return c.address
	}
	return address
}

// members is the crew as a trial needs it.
func (c *crew) members() *trial.Crew {
	t := &trial.Crew{}
	for _, name := range c.Names(results.RoleGenerator) {
		t.Generators = append(t.Generators, c.Member(name))
	}
	hosts := c.Names(results.RoleServer)
	for _, name := range hosts {
		t.Hosts = append(t.Hosts, c.Member(name))
	}
	t.On = func(s *scenario.Scenario, server string) (int, string) {
		for i := range s.Servers {
			if v := &s.Servers[i]; v.Name == server {
				return slices.Index(hosts, hostOf(v)), c.addressOf(hostOf(v))
			}
		}
		return -1, ""
	}
	return t
}
