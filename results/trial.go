package results

import (
	"fmt"
	"time"
)

// Trial is one line of trials.jsonl: one attack on freshly started servers. It is
// the unit of observation of every statistic.
type Trial struct {
	// ID names the files of the trial, see [TrialID].
	ID      string `json:"id"`
	Order   int    `json:"order"`   // planned position in the run, from 1
	Block   int    `json:"block"`   // from 1
	Attempt int    `json:"attempt"` // from 1; raised when the block is repeated
	// Scenario, Variant, Matrix and Seed are those of the plan. All trials of a block
	// have the same seed.
	Scenario string            `json:"scenario"`
	Variant  string            `json:"variant"`
	Matrix   map[string]string `json:"matrix,omitempty"`
	Seed     uint64            `json:"seed,string"`

	Start    float64 `json:"start_seconds"`    // since the start of the run
	Duration float64 `json:"duration_seconds"` // of the whole trial

	// A trial that is not valid voids its block, and the block is repeated as another
	// attempt.
	Valid    bool     `json:"valid"`
	Invalid  []string `json:"invalid,omitempty"`  // hard checks that failed
	Warnings []string `json:"warnings,omitempty"` // observations that the harness could not judge

	// Streams and Servers are in the order of the scenario.
	Streams []StreamResult `json:"streams"`
	Servers []ServerResult `json:"servers"`
	// Host is what else happened on the machine.
	Host HostWatch `json:"host"`
	// Hosts are the hosts of a run on several hosts, in the order of the manifest. Host is
	// then what is true of all of them together.
	Hosts []HostResult `json:"hosts,omitempty"`

	// Profiled says that the servers were profiled, which makes them slower: nothing of
	// the trial is a measurement of latency. Profiles are what was taken.
	Profiled bool      `json:"profiled,omitempty"`
	Profiles []Profile `json:"profiles,omitempty"`

	// SHA-256 of the trial's log and of its samples, in hexadecimal. They are empty if
	// there is no such file, and in bundles of the first version.
	LogSHA256     string `json:"log_sha256,omitempty"`
	SamplesSHA256 string `json:"samples_sha256,omitempty"`
}

// StreamResult is what happened to the requests of one stream inside the measured
// window.
type StreamResult struct {
	Name  string `json:"name"`  // of the stream or target
	Model string `json:"model"` // ModelClosed or ModelOpen

	// Window is how long was measured. A burst ends with its last answer.
	Window    time.Duration `json:"window_ns"`
	Scheduled uint64        `json:"scheduled"` // in the window; closed load: dispatched in it
	Sent      uint64        `json:"sent"`      // of the whole attack, warm-up included
	Planned   uint64        `json:"planned"`   // of the whole attack; differs from Sent only if the harness is at fault
	Recorded  uint64        `json:"recorded"`  // ledger entries of the window, all outcomes

	// Outcomes counts the requests that Recorded counts.
	Outcomes Outcomes          `json:"outcomes"`
	Statuses map[string]uint64 `json:"statuses"` // by HTTP status
	// Errors counts, by kind of failure, the requests without an answer, and by reason
	// ("wrong: …") those whose answer failed a check of the scenario. Flows are counted by
	// the step that ended them, refusals and other statuses included ("step login: …").
	Errors map[string]uint64 `json:"errors,omitempty"`
	// Wrong has an example of an answer for every reason of a failed check.
	Wrong map[string]WrongAnswer `json:"wrong,omitempty"`

	// Completed counts the requests that were answered before the window ended, and
	// CompletedOK those of them that were answered ok. Under open load only requests
	// that were meant to start in the window count, so that a backlog of the warm-up
	// cannot make a rate look higher than the one that was offered. Bundles without
	// Answered counted every answer that came in the window.
	Completed   uint64 `json:"completed"`
	CompletedOK uint64 `json:"completed_ok"`
	// Throughput is Completed, and Goodput is CompletedOK, per second of Window.
	Throughput float64 `json:"throughput_per_second"`
	Goodput    float64 `json:"goodput_per_second"`

	// Headline is the response time (open load) or the service time (closed load) of
	// requests that were answered ok or timed out; time-outs count as +∞. Parts
	// holds the rest by part and outcome, e.g. "service.ok", "lag.ok",
	// "conn-wait.ok", "response.rejected", "queue.ok".
	Headline Quantiles            `json:"headline"`
	Parts    map[string]Quantiles `json:"parts"`

	// Targets are the results of the targets of a stream that has several, in the order
	// of the scenario and each in the form of a stream's result. What is known of the
	// stream as a whole alone is 0 there: requests sent and planned, connections, the
	// share within the objective, and whether the generator was the limit. Targets is
	// empty for a stream with one target, and in bundles that did not record it.
	Targets []StreamResult `json:"targets,omitempty"`

	WithinSLO *WithinSLO `json:"within_slo,omitempty"` // open load with a latency objective

	// Answered is the number of answers that came in the window, including those to
	// requests of the warm-up. It is null under closed load, where it equals Completed,
	// and in bundles that did not record it.
	Answered *uint64 `json:"answered,omitempty"`
	// Backlog is the number of requests of an open load that were meant to start in
	// the warm-up and had no answer when the window began.
	Backlog uint64 `json:"backlog,omitempty"`
	// InFlight is the number of requests without an answer at the end of each third
	// of the window.
	InFlight [3]uint64 `json:"in_flight_thirds"`

	// GeneratorLimited says why the load generator, and not the server, limited the
	// load. It is empty if the generator did not, and in bundles that did not record it.
	GeneratorLimited string `json:"generator_limited,omitempty"`
	// GeneratorDelayed says of a load that the generator limited that something else on
	// the machine had kept the generator from running: it was late although its lanes
	// waited for most of every second. Such a load was sent as a whole, so the server
	// had all of its work. Only figures that the delay is a part of are the generator's.
	GeneratorDelayed bool `json:"generator_delayed,omitempty"`
	// GeneratorShare is the median of lag/response over the requests at or above the
	// headline p99. It is null under closed load.
	GeneratorShare *float64 `json:"generator_share"`
	// GeneratorShares holds such shares by the name of the metric ("p50"): for each
	// quantile of the headline and the maximum over the requests at or above it, and
	// for the mean as the mean lag over the mean response. Closed loads have none.
	GeneratorShares map[string]float64 `json:"generator_shares,omitempty"`
	// LaneBusy is, for each lane of the generator, the share of the window in which the
	// lane worked instead of waiting. It is absent if the load was made request by
	// request.
	LaneBusy []float64 `json:"lane_busy,omitempty"`
	// ClientsLost is the share of the window that the clients of a closed load spent
	// neither pausing nor on a request, because the generator did not send for them.
	ClientsLost float64 `json:"clients_lost_share,omitempty"`

	// Opening is how the connections were opened before the load. It is null if none were,
	// and in bundles that did not record it.
	Opening *Opening `json:"opening,omitempty"`

	Connections uint64 `json:"connections"`          // opened, including those opened before the attack
	Handshakes  uint64 `json:"handshakes,omitempty"` // of TLS, including those before the attack
	Redials     uint64 `json:"redials"`              // connections that replaced one which the server had closed while it was idle
	BytesIn     uint64 `json:"bytes_in"`             // of answers' bodies
	// LagMax and LagMin are the largest and the smallest lag of all requests, those of
	// the warm-up included. The lag is the time from the intended start to the dispatch.
	// Both are 0 if Recorded is 0.
	LagMax float64 `json:"lag_max_seconds"`
	LagMin float64 `json:"lag_min_seconds"` // a value below zero is a fault of the harness
}

// Opening is how the connections of a stream were opened before its load.
type Opening struct {
	Connections int     `json:"connections"` // how many were opened
	Took        float64 `json:"seconds"`     // of several generators, the one that took longest
	// Again is the number of attempts that were repeated because no answer had come. On
	// Linux the usual reason is that the queue of the server's listener was full.
	Again uint64 `json:"repeated_attempts"`
}

// WrongAnswer is an answer that failed a check: of those with one reason, the one to the
// request with the lowest number. Body is its beginning, at most 200 bytes, with gzip
// undone; what is no UTF-8 is replaced. It is the server's text: whoever shows it has to
// escape it.
type WrongAnswer struct {
	Request uint64 `json:"request"` // number of the request, as in X-Vegeta-Seq
	Status  int    `json:"status"`  // of HTTP
	Body    string `json:"body"`
}

// WithinSLO counts the scheduled requests of the window that were answered ok within
// the threshold of the scenario's first latency objective.
type WithinSLO struct {
	// Threshold is that of the objective. A request in time took at most so long.
	Threshold time.Duration `json:"threshold_ns"`
	Count     uint64        `json:"count"` // requests in time
}

// ServerResult is what one server used during the window, and how the server ended.
type ServerResult struct {
	Name  string `json:"name"`           // of the server in the scenario
	Procs int    `json:"procs"`          // GOMAXPROCS if the server reports it, else the number of CPUs it may use
	CPUs  []int  `json:"cpus,omitempty"` // empty if the server was not placed

	Ready float64 `json:"ready_seconds"` // from start to the first good answer

	CPU            *float64 `json:"cpu_seconds"`         // in the window, user and system
	PeakRSSBytes   *uint64  `json:"peak_rss_bytes"`      // null for a server of several processes
	PSSBytes       *uint64  `json:"pss_bytes,omitempty"` // of several processes, after the window; shared pages are divided among them
	PeakGoroutines *float64 `json:"peak_goroutines"`     // largest of the samples in the window
	Allocs         *float64 `json:"allocs"`              // heap objects allocated in the window
	AllocBytes     *float64 `json:"alloc_bytes"`         // allocated on the heap in the window
	GCCycles       *float64 `json:"gc_cycles"`           // garbage collections in the window
	GCPause        *float64 `json:"gc_pause_seconds"`    // sum of the pauses in the window

	Crashed bool    `json:"crashed,omitempty"`  // ended before it was told to stop
	Exit    string  `json:"exit,omitempty"`     // "exit status 0", "signal: killed", …
	Drain   float64 `json:"drain_seconds"`      // from the signal to the end
	LogTail string  `json:"log_tail,omitempty"` // the end of what a server wrote that crashed
}

// HostWatch is what else the machine did during the window. Shares are CPU seconds
// per second, summed over the CPUs in use.
type HostWatch struct {
	Foreign   *float64 `json:"foreign_cpu"`   // by other programs; may be slightly below 0, because the counters have ticks of 10 ms
	Steal     *float64 `json:"steal_cpu"`     // by the hypervisor, for other machines
	SoftIRQ   *float64 `json:"softirq_cpu"`   // by interrupts, most of them of the network
	Generator *float64 `json:"generator_cpu"` // by the process that makes the load
	// Throttled is how long threads waited because the CPU quota of their control group
	// was used up. It is null if that is not visible, and in bundles that did not record it.
	Throttled *float64 `json:"throttled_cpu,omitempty"`
	// GeneratorProc is GOMAXPROCS of the process that makes the load. It is the sum if
	// there are several.
	GeneratorProc int `json:"generator_procs"`
	// ClockStep is the largest step of the wall clock against the monotonic clock during
	// the attack, its warm-up and its last answers included. Bundles of the first version
	// compared the two only at the ends of the window.
	ClockStep float64 `json:"clock_step_seconds"`
	// GeneratorGap is the longest time of the attack in which the generator did not run:
	// it was stopped, or got no CPU. It is 0 in bundles that did not record it.
	GeneratorGap float64 `json:"generator_gap_seconds,omitempty"`
	// Programs are the busiest of the other programs, the busiest first. They are named
	// only in trials that foreign load voids.
	Programs []Program `json:"programs,omitempty"`
	// Hosts says of which host the figures are, in a run on several hosts; each is the one
	// that was disturbed most. It is null if all hosts are one machine.
	Hosts *WatchHosts `json:"hosts,omitempty"`
}

// WatchHosts names the hosts from which figures of a HostWatch are. "coordinator" is the
// host of the process that gives the orders.
type WatchHosts struct {
	// Each field belongs to the figure of the same name. It is empty if no host has the
	// figure, or if the figure is 0 on all hosts.
	Foreign      string `json:"foreign,omitempty"`
	Steal        string `json:"steal,omitempty"`
	Throttled    string `json:"throttled,omitempty"`
	ClockStep    string `json:"clock_step,omitempty"`
	GeneratorGap string `json:"generator_gap,omitempty"`
}

// Sample is one line of trials/<id>.server.jsonl: the state of a server at one
// moment. At is relative to the start of the attack, warm-up included.
type Sample struct {
	At     float64  `json:"at_seconds"`
	Server string   `json:"server"`                // name of the server in the scenario
	CPU    *float64 `json:"cpu_seconds,omitempty"` // since the server started
	// RSSBytes and Threads are summed over the processes of the server. Goroutines is
	// what a server in Go reports.
	RSSBytes   *uint64            `json:"rss_bytes,omitempty"`
	Threads    *int               `json:"threads,omitempty"`
	Goroutines *float64           `json:"goroutines,omitempty"`
	HeapBytes  *float64           `json:"heap_bytes,omitempty"` // of objects on the heap
	GCCycles   *float64           `json:"gc_cycles,omitempty"`  // since the server started, as are the next three
	GCPause    *float64           `json:"gc_pause_seconds,omitempty"`
	Allocs     *float64           `json:"allocs,omitempty"`
	AllocBytes *float64           `json:"alloc_bytes,omitempty"`
	Metrics    map[string]float64 `json:"metrics,omitempty"` // other gauges and counters by name
}

// Program is a program that is no part of the measurement and used the CPUs during it.
type Program struct {
	// Name is what the system calls the program, of at most 15 bytes on Linux. PID is the
	// id of its busiest process, and Others the number of its other processes.
	Name   string `json:"name"`
	PID    int    `json:"pid"`
	Others int    `json:"others,omitempty"`
	// Ended says that not the program itself took the CPU, but programs that it had
	// started and that ended meanwhile, such as the compilers of make.
	Ended bool `json:"ended,omitempty"`
	// CPU is what it used, in CPU seconds per second.
	CPU float64 `json:"cpu"`
}

// String is "cc1 (pid 4711 and 3 others) 41 %".
func (p Program) String() string {
	id := fmt.Sprintf("%s (pid %d", p.Name, p.PID)
	switch {
	case p.Others == 1:
		id += " and 1 other"
	case p.Others > 1:
		id += fmt.Sprintf(" and %d others", p.Others)
	}
	if p.Ended {
		id = "programs started by " + id
	}
	return fmt.Sprintf("%s) %.0f %%", id, 100*p.CPU)
}
