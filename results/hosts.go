package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Roles of hosts in a run on several hosts.
const (
	RoleGenerator = "generator"
	RoleServer    = "server"
)

// Topology says on which hosts a run was made, if `--on` named an engine. All numbers of
// such a run were measured by the generators, so every request crossed the network between
// a generator and the server that it loads, unless both are on one host.
type Topology struct {
	// Engine is what started the workers: "local", "ssh", ….
	Engine string `json:"engine"`
	// Generators is the number of hosts that make the load, each of them a slice of it.
	Generators int `json:"generators"`
	// Hosts are those that the run began with: first the generators by number, then the
	// hosts of servers.
	Hosts []TopologyHost `json:"hosts"`
}

// TopologyHost is one host of a run.
type TopologyHost struct {
	Name string `json:"name"`           // "generator-0", "server", or a name that the scenario gives
	Role string `json:"role"`           // RoleGenerator or RoleServer
	Node string `json:"node,omitempty"` // what the engine calls the host; empty: this machine
	// Servers are the servers on this host, as "SCENARIO/SERVER". Address is where
	// generators reach them.
	Servers []string `json:"servers,omitempty"`
	Address string   `json:"address,omitempty"`
	// Facts are those of the machine.
	Facts Host `json:"facts"`
	// RoundTrip is the least time of an exchange with the coordinator while nothing was
	// measured, in seconds.
	RoundTrip float64 `json:"round_trip_seconds"`
}

// Label says in a few words where the parts of a run stood: "ssh, 2 generators, servers on
// the host server". Runs are compared only if their labels are equal. It is empty for a
// run on one machine without an engine.
func (t *Topology) Label() string {
	if t == nil {
		return ""
	}
	where := map[string]bool{}
	for _, h := range t.Hosts {
		if h.Role == RoleServer {
			where[h.Name] = true
		}
	}
	s := fmt.Sprintf("%s, %d generators", t.Engine, t.Generators)
	if t.Generators == 1 {
		s = t.Engine + ", 1 generator"
	}
	if len(where) > 0 {
		s += ", servers on the host " + strings.Join(slices.Sorted(maps.Keys(where)), " and on ")
	}
	return s
}

// HostResult is what one host of a run on several hosts did in a trial. Times are in
// seconds.
type HostResult struct {
	Name string `json:"name"` // as in the topology
	Role string `json:"role"` // RoleGenerator or RoleServer

	// ClockOffset is the coordinator's clock minus that of the host when the load began;
	// each counts from the start of its process. ClockError is half of the least round
	// trip, the most by which the offset can be wrong, and ClockDrift is how far the
	// offset moved until the load was over.
	ClockOffset float64 `json:"clock_offset_seconds"`
	ClockError  float64 `json:"clock_error_seconds"`
	ClockDrift  float64 `json:"clock_drift_seconds"`

	// CPU is what the process on this host and its servers used in the window, in CPU
	// seconds per second, and Retransmits how many TCP segments the host sent again.
	CPU         *float64 `json:"cpu,omitempty"`
	Retransmits *uint64  `json:"retransmits,omitempty"`

	// A generator has these. Sent are its requests, warm-up included; ServerRoundTrip is
	// the least time in which it opened a connection to the server before the load.
	Sent            uint64   `json:"sent,omitempty"`
	ServerRoundTrip *float64 `json:"server_round_trip_seconds,omitempty"`
	// Limited says why this generator limited the load; LagP99 and HandlingP99 are the
	// largest of its streams, and LaneBusy is how busy its busiest lane was.
	Limited     string   `json:"generator_limited,omitempty"`
	LagP99      *float64 `json:"lag_p99_seconds,omitempty"`
	HandlingP99 *float64 `json:"handling_p99_seconds,omitempty"`
	LaneBusy    float64  `json:"lane_busy,omitempty"`
}
