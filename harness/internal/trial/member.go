package trial

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// Member is one of the hosts that make a trial together. Its methods are called in the
// order in which they stand here; those that a member has no part in are left out. After
// an error only Finish is called. The types of the arguments and results can be sent as
// JSON.
type Member interface {
	// Name is how messages and bundles call the host.
	Name() string
	// Gone returns a channel that is closed when the host is lost. A nil channel is that of a
	// host that cannot be lost.
	Gone() <-chan struct{}
	// Begin prepares a trial, and returns free ports for the servers of this host.
	Begin(ctx context.Context, t Task) (ports map[string]int, err error)
	// Start starts one server of this host, or waits for one that already runs, and
	// returns when it is ready.
	Start(ctx context.Context, env scenario.Env, server string) (Standing, error)
	// Setup sends the requests of setup, and returns what they extracted.
	Setup(ctx context.Context, env scenario.Env, servers []Standing) (extracted map[string]string, err error)
	// Connect prepares a slice of every load and opens its connections. It returns the
	// least time that one connection took, about a round trip to the server.
	Connect(ctx context.Context, env scenario.Env, servers []Standing, slice attack.Slice) (roundTrip time.Duration, err error)
	// Clock compares the clock of the host with that of the coordinator.
	Clock(ctx context.Context) (Clock, error)
	// Watch begins to sample the servers of this host, for a load that starts at zero.
	Watch(ctx context.Context, zero time.Time) error
	// Attack makes the slice of the loads, which start at zero.
	Attack(ctx context.Context, zero time.Time) (*Drive, error)
	// Finish stops the servers and ends the trial on this host, however far it came. With
	// early the load did not come to its end, and nobody waits for that of its window.
	Finish(ctx context.Context, early bool) (*Rest, error)
}

// Task says which trial a host takes part in.
type Task struct {
	// Cell is a cell of the scenario that Planned names.
	Cell    scenario.Cell
	Planned results.Planned
	Attempt int // from 1
	// Servers are the names of the servers that stand on this host.
	Servers  []string
	Binaries map[string]string // ${binary} by server, as paths on this host
	// Foreign is the CPU time per second beyond which a host names the other programs that
	// took it. Only the coordinator knows all that belongs to the run, and judges.
	Foreign float64
}

// Standing is a server that is ready.
type Standing struct {
	Name   string        // of the server in the scenario
	Ready  time.Duration // from its start to the first good answer
	Closes bool          // it closes a connection after an answer
}

// Clock is the clock of a host against that of the coordinator. Both are monotonic and
// count from a moment of their own.
type Clock struct {
	Offset time.Duration // coordinator − host
	// Error is half of the least round trip, the most by which Offset can be wrong.
	Error time.Duration
}

// Drive is what a generator made of its slice of the loads.
type Drive struct {
	Streams []*attack.Made // in the order of the scenario
	Machine Machine        // what else it did meanwhile
	Spare   time.Duration  // how long before the start of the load the generator was ready
}

// Rest is what a host knows when its trial is over.
type Rest struct {
	Servers  []results.ServerResult // of this host, in the order of their start
	Samples  []results.Sample       // of these servers
	Warnings []string               // of the trial on this host
	Machine  Machine                // of a host that watched servers
}

// Machine is what else happened on a host in the window.
type Machine struct {
	// Boot is the same for all hosts on one kernel, such as containers: what one of them
	// uses is not foreign to the others. Empty if it is unknown.
	Boot  string
	Watch results.HostWatch // Foreign is by everything but this process and its servers
	Own   *float64          // CPU time per second of this process and its servers; nil if unknown
	// Retransmits is how many TCP segments the host sent again meanwhile; nil if unknown.
	Retransmits *uint64
}

// Void is the error of a trial that the hosts, and not what is measured, have spoiled: one
// was lost, or came too late. The trial counts as void and can be repeated.
type Void struct{ Why error }

// Error returns the reason.
func (v *Void) Error() string { return v.Why.Error() }

// Unwrap returns the reason.
func (v *Void) Unwrap() error { return v.Why }

// late is the error of a generator that was not ready in time.
func late(by time.Duration) error {
	return &Void{fmt.Errorf("it was ready %v after the moment at which the load was to start", by.Round(time.Microsecond))}
}
