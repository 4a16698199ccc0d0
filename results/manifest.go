package results

import "time"

// Versions of the bundle layout. A bundle has the lowest one that does it justice, and
// this package reads all of them.
const (
	SchemaVersion = 1 // of a bundle without profiled trials
	// ProfiledVersion is that of a bundle that plans profiled trials. Readers that do not
	// know it refuse the bundle: they would take these trials for measured ones.
	ProfiledVersion = 2
)

// States of a run.
const (
	StateRunning     = "running"     // not ended yet, or killed before its end was written
	StateComplete    = "complete"    // every planned block was measured
	StateInterrupted = "interrupted" // stopped by a signal; finished trials kept
	StateFailed      = "failed"      // gave up; Manifest.Failure says why
)

// FailureBusy is the failure kind of a run that gave up because other programs
// disturbed more blocks than the run may repeat. The blocks that it has can still be
// judged.
const FailureBusy = "busy"

// Manifest describes a run: its inputs, its plan, the machine, and how it ended.
type Manifest struct {
	// SchemaVersion is one of the versions above. A reader refuses every other one.
	SchemaVersion int    `json:"schema_version"`
	Tool          string `json:"tool"` // program and version that wrote the bundle
	// Command is the command line that began the run, with the path of the program.
	Command []string `json:"command"`

	// State is one of the states above. Readers show what a run has that did not
	// complete, and say so.
	State   string `json:"state"`
	Failure string `json:"failure,omitempty"` // a sentence
	// Started is when the bundle was created, and Ended is when its run last ended, in
	// whole seconds of UTC. Resuming keeps Started. Ended is zero until the run has
	// ended once.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`

	// TrialSums says that every line of trials.jsonl ends with its own SHA-256. It is
	// false for bundles that the first version began.
	TrialSums bool `json:"trial_sums,omitempty"`

	// FailureKind tells programs what kind of failure it was. It is empty if the
	// kind has no name, or if the version that wrote the bundle did not record it.
	FailureKind string `json:"failure_kind,omitempty"`

	Seed   uint64 `json:"seed,string"`     // 0 … 2⁶³−1; a string, since JSON numbers lose digits
	Blocks int    `json:"blocks"`          // the largest number of blocks planned for a scenario
	Quick  bool   `json:"quick,omitempty"` // with --quick: few blocks and short windows, for trying

	// ForeignLimit is the CPU time per second that other programs could take without
	// voiding a trial. It is 0 in bundles that did not record it, where it was 0.2.
	ForeignLimit float64 `json:"foreign_limit_ratio,omitempty"`

	// Looks are the numbers of blocks that were planned before the run was continued
	// with more, in their order. The run could be judged after each of them, and a gate
	// counts each as a look. It is nil in a bundle whose version did not record them,
	// and empty if the run was never extended.
	Looks []int `json:"looks,omitzero"`

	// Git and Host say of what and where the numbers are, Binaries by which hashes.
	Git  Git  `json:"git"`
	Host Host `json:"host"`
	// Topology says on which hosts the run was made; it is null for a run on one machine
	// without an engine. Host is then the machine of the coordinator.
	Topology *Topology `json:"topology,omitempty"`
	// Binaries are the programs of the servers' commands, each once.
	Binaries []Binary `json:"binaries"`
	// Scenarios are in the order of the command line, and Plan is the order of their
	// trials.
	Scenarios []Scenario `json:"scenarios"`
	Plan      []Planned  `json:"plan"`
	// ProfilePlan is the order of the profiled trials, which follow the plan, and
	// ProfileBlocks the number of their blocks.
	ProfilePlan   []Planned `json:"profile_plan,omitempty"`
	ProfileBlocks int       `json:"profile_blocks,omitempty"`
	// The rest is absent in runs that have nothing of the kind.
	Skipped []Skipped `json:"skipped,omitempty"`
	// Searches are the results of a search, one for each cell. Answer says how exact the
	// instrument is on this machine. Micro describes the Go benchmarks in micro.txt.
	Searches []Search     `json:"searches,omitempty"`
	Answer   *KnownAnswer `json:"known_answer,omitempty"`
	Micro    *Micro       `json:"micro,omitempty"`

	// Builds are what started programs say of their own build, by [BuildKey].
	Builds map[string]BuildInfo `json:"builds,omitempty"`

	// Trees are the source folders that servers are built in, under the names that
	// the scenarios use, and the state of each at the start of the run.
	Trees map[string]Tree `json:"trees,omitempty"`
}

// Git is the state of the source tree that the run was started in. Commit is empty
// outside a repository.
type Git struct {
	// Commit is its full name. Dirty says that tracked files had changes that are in no
	// commit.
	Commit string `json:"commit,omitempty"`
	Dirty  bool   `json:"dirty"`
}

// Tree is the state of a source tree that programs are built from. It is empty for a
// tree without git, which cannot be told from another one.
type Tree struct {
	// Git is the commit of the tree, and whether the tree differs from it.
	Git     Git    `json:"git"`
	Changes string `json:"changes_sha256,omitempty"` // of the difference between a dirty tree and its commit
}

// Micro describes how the Go benchmarks in micro.txt were made. Blocks made in any
// other way do not belong to them.
type Micro struct {
	// Seed decides the order of the variants in every block.
	Seed     uint64   `json:"seed,string"`
	Packages []string `json:"packages"` // patterns of go list
	Bench    string   `json:"bench"`    // regular expression
	// Benchtime is how long or how often a benchmark runs in a block, as -test.benchtime
	// has it: "1s", "100x". CPUModel is as in [Host]. Variants has one entry without a
	// name if nothing is compared.
	Benchtime string         `json:"benchtime"`
	CPUModel  string         `json:"cpu_model,omitempty"`
	Variants  []MicroVariant `json:"variants"`
	// Blocks is the planned number of blocks, and Looks are the numbers that were
	// planned before, as in [Manifest]: Go benchmarks can be continued by themselves.
	// Both are absent in bundles whose version did not record them.
	Blocks int   `json:"blocks,omitempty"`
	Looks  []int `json:"looks,omitzero"`
}

// MicroVariant is the source tree of one variant of the Go benchmarks.
type MicroVariant struct {
	Name string `json:"name,omitempty"` // empty if nothing is compared
	Tree
}

// Binary is a program that was started in order to be measured.
type Binary struct {
	Path   string `json:"path"`   // as written in the scenario
	SHA256 string `json:"sha256"` // of the file, in hexadecimal
}

// Skipped is a scenario that was requested but could not run on this machine.
type Skipped struct {
	Scenario string `json:"scenario"` // name of the scenario
	Why      string `json:"why"`      // what its requires command wrote to stderr
}

// Search is the result of a search for the highest rate that holds a scenario's
// objectives. The trials of the search are in the bundle, with the rate as a matrix
// key.
type Search struct {
	// Scenario and Variant are the names of what was searched.
	Scenario  string            `json:"scenario"`
	Variant   string            `json:"variant"`
	Matrix    map[string]string `json:"matrix,omitempty"`   // of the scenario, without the rate
	Held      *float64          `json:"held_per_second"`    // highest rate that held; null if none did
	Refuted   *float64          `json:"refuted_per_second"` // lowest rate that did not hold; null if none was found
	Confirmed bool              `json:"confirmed"`          // Held was confirmed by a run of its own
	Stopped   string            `json:"stopped,omitempty"`  // why the search ended early
}

// Scenario holds a scenario file verbatim, and what the harness understood of it, so
// that readers of the bundle need no second parser.
type Scenario struct {
	// Name is unique in a run. Summary is one line for readers.
	Name    string `json:"name"`
	Summary string `json:"summary,omitempty"`
	File    string `json:"file"`   // base name
	SHA256  string `json:"sha256"` // of Text, in hexadecimal
	Text    string `json:"text"`   // the file, byte for byte
	// Inputs are the other files that the scenario reads: SHA-256 by file name.
	Inputs map[string]string `json:"inputs,omitempty"`

	// Cells are the loads of the cells, if these differ: then Streams, Objectives and
	// Warmup are those of the first. In returns the scenario as it is for one cell.
	Cells []CellLoad `json:"cells,omitempty"`

	// Variants are what is compared, in the order of the file, with the A/A copy last.
	Variants []Variant         `json:"variants"`
	Matrix   []string          `json:"matrix,omitempty"` // keys, sorted
	Params   map[string]string `json:"params,omitempty"` // defaults
	Servers  []Server          `json:"servers"`          // in the order in which they are started
	Streams  []Stream          `json:"streams"`          // all start together
	// Objectives are those of all streams and their targets.
	Objectives []Objective   `json:"objectives,omitempty"`
	Blocks     int           `json:"blocks"`            // as planned by the scenario or by --blocks
	Warmup     time.Duration `json:"warmup_ns"`         // of every stream, before its window
	Control    string        `json:"control,omitempty"` // the variant with a known slowdown
}

// CellLoad is the load of one variant under one combination of matrix values, and what is
// asked of the server under it.
type CellLoad struct {
	// Variant is the name of the cell's variant.
	Variant string            `json:"variant"`
	Matrix  map[string]string `json:"matrix,omitempty"` // keys and values of the cell
	// Streams, Objectives and Warmup replace the fields of [Scenario] with these names.
	Streams    []Stream      `json:"streams"`
	Objectives []Objective   `json:"objectives,omitempty"`
	Warmup     time.Duration `json:"warmup_ns"`
}

// In returns the scenario with the load of one cell. matrix may have further keys, such as
// the rate of a search. It returns s if all cells have one load, or if none is the cell.
func (s *Scenario) In(variant string, matrix map[string]string) *Scenario {
	for _, c := range s.Cells {
		if c.Variant != variant || !within(c.Matrix, matrix) {
			continue
		}
		in := *s
		in.Streams, in.Objectives, in.Warmup = c.Streams, c.Objectives, c.Warmup
		return &in
	}
	return s
}

// within reports whether every entry of a is in b.
func within(a, b map[string]string) bool {
	for key, value := range a {
		if other, ok := b[key]; !ok || other != value {
			return false
		}
	}
	return true
}

// Variant is one thing being compared. AAOf names the variant of which this one is
// an identical copy.
type Variant struct {
	Name   string            `json:"name"`             // unique in a scenario
	Params map[string]string `json:"params,omitempty"` // values for ${name} that replace the scenario's
	AAOf   string            `json:"aa_of,omitempty"`  // the variant that this one copies; empty: it is no copy
}

// Server is one process under test. URL is set for a server that was already
// running. Such a server is not restarted between trials, so the trials depend on
// each other.
type Server struct {
	// Name is unique in a scenario; streams refer to it.
	Name    string   `json:"name"`
	Command []string `json:"command,omitempty"` // with ${…} unresolved
	URL     string   `json:"url,omitempty"`
}

// Load models.
const (
	ModelClosed = "closed" // each client waits for its answer before it sends again
	ModelOpen   = "open"   // requests are sent on schedule, no matter when answers come
)

// Arrival processes of open load.
const (
	ArrivalsConstant = "constant"
	ArrivalsPoisson  = "poisson"
	ArrivalsStages   = "stages"
)

// Stream is one load on one server.
type Stream struct {
	// Name is unique in a scenario. Server is the name of the server that is loaded,
	// and Model is one of the load models.
	Name     string        `json:"name"`
	Server   string        `json:"server"`
	Model    string        `json:"model"`
	Duration time.Duration `json:"duration_ns,omitempty"` // 0 if bounded by Requests

	// Closed load has these.
	Clients  int    `json:"clients,omitempty"`
	Requests uint64 `json:"requests,omitempty"` // bounds a burst, which has no steady state
	// Think is how long a client pauses between an answer and its next request.
	Think   time.Duration  `json:"think_ns,omitempty"`
	Backoff *time.Duration `json:"backoff_ns,omitempty"` // null: the answer's Retry-After, else 100 ms

	// Open load has these.
	Arrivals string  `json:"arrivals,omitempty"`
	Rate     float64 `json:"rate_per_second,omitempty"` // 0 if there are stages
	// Stages follow one another. They are empty for a constant rate.
	Stages []Stage `json:"stages,omitempty"`

	// Every load has these. Timeout runs from the intended start of a request,
	// Connections is the most that are open at once, and Transport is "fast" or "std".
	Timeout     time.Duration `json:"timeout_ns"`
	Connections int           `json:"connections"`
	Transport   string        `json:"transport"`
	TLS         bool          `json:"tls,omitempty"`      // the server is loaded over HTTPS
	Insecure    bool          `json:"insecure,omitempty"` // its certificate is not checked
	NoReuse     bool          `json:"no_reuse,omitempty"` // every request has a connection of its own

	// Targets are the targets of a stream that has several, or the steps of its flow.
	Targets []Target `json:"targets,omitempty"`
	// Flow is the order in which a client, or an arrival, makes the requests. It is nil
	// if every request is drawn from the targets.
	Flow *Flow `json:"flow,omitempty"`
}

// FlowTarget is the name under which the flow of a stream has its results as a whole,
// beside those of its steps.
const FlowTarget = "flow"

// Flow is what one client (closed load) or one arrival (open load) does in order. The
// rate, the clients' requests and all counts of its stream are of flows.
type Flow struct {
	Steps   []FlowStep `json:"steps"`             // in the order in which a client makes them
	Cookies bool       `json:"cookies,omitempty"` // every run keeps the cookies that it is given
}

// FlowStep is one step of a flow.
type FlowStep struct {
	Target string        `json:"target"`             // the name under which it has its results
	Pause  time.Duration `json:"pause_ns,omitempty"` // before it, from the end of the answer before
	Repeat int           `json:"repeat"`             // how many times it is made, one after the other
}

// Target is one kind of request of a stream. Path still contains ${...}.
type Target struct {
	// Name is unique in a stream, and Method is the HTTP method.
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Weight int    `json:"weight"` // its share of the requests is its weight by the sum of all
}

// Stage is one section of an open load: a constant Rate, or a linear ramp from Rate
// to To.
type Stage struct {
	// To is null for a constant rate.
	Rate     float64       `json:"rate_per_second"`
	To       *float64      `json:"to_per_second,omitempty"`
	Duration time.Duration `json:"duration_ns"` // of the section
}

// Objective is one objective of a scenario. Metric is a name from the metric table,
// Unit is the dimension of that metric, and Threshold is in base units. Stream and Target
// name what it is about: one stream, one target of a stream, or, if both are empty,
// every stream as a whole.
type Objective struct {
	// Text is the objective as the scenario has it.
	Text      string    `json:"text"`
	Metric    string    `json:"metric"`
	Op        string    `json:"op"` // "<", "<=", ">", ">="
	Threshold float64   `json:"threshold"`
	Unit      Dimension `json:"unit"` // "sec", "ratio", "per-sec"
	Stream    string    `json:"stream,omitempty"`
	Target    string    `json:"target,omitempty"`
}

// Concerns reports whether the objective is about a target of a stream, or, without a
// target, about the stream as a whole.
func (o Objective) Concerns(stream, target string) bool {
	return o.Target == target && (o.Stream == "" || o.Stream == stream)
}

// Label is the text of the objective, after what it is about if that is one stream or
// one target: "list: p99 < 50ms".
func (o Objective) Label() string {
	label := o.Text
	if o.Target != "" {
		label = o.Target + ": " + label
	}
	if o.Stream != "" {
		label = o.Stream + ": " + label
	}
	return label
}

// Planned is one trial of the plan. Order counts from 1 across the run, and on its own
// among the profiled trials.
type Planned struct {
	// ID is that of [TrialID]. Seed is shared by all trials of a block, and Layout is
	// the seed of the code layout of this one.
	ID    string `json:"id"`
	Order int    `json:"order"`
	Block int    `json:"block"` // from 1
	// Scenario, Variant and Matrix name the cell. Matrix is null without a matrix.
	Scenario string            `json:"scenario"`
	Variant  string            `json:"variant"`
	Matrix   map[string]string `json:"matrix,omitempty"`
	Seed     uint64            `json:"seed,string"`
	Layout   uint64            `json:"layout,string"`
	// Profiled says that the trial is one of ProfilePlan, and not of Plan.
	Profiled bool `json:"profiled,omitempty"`
}
