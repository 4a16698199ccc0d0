package results

import (
	"cmp"
	"time"
)

// SchemaVersion is the version of the bundle layout that this package writes
// and the only one that it reads.
const SchemaVersion = 1

// States of a run.
const (
	StateRunning     = "running"     // not ended, or killed before it could say so
	StateComplete    = "complete"    // every planned block is there
	StateInterrupted = "interrupted" // stopped by a signal; finished trials kept
	StateFailed      = "failed"      // gave up: see Manifest.Failure
)

// FailureBusy is the kind of failure of a run that gave up because other programs
// disturbed more blocks than it may repeat. The blocks that it has can be judged.
const FailureBusy = "busy"

// Manifest says what a run was: inputs, plan, machine and end.
type Manifest struct {
	SchemaVersion int      `json:"schema_version"`
	Tool          string   `json:"tool"` // program and version that wrote the bundle
	Command       []string `json:"command"`

	State   string    `json:"state"`
	Failure string    `json:"failure,omitempty"` // a sentence
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`

	// FailureKind says what kind of failure it was, for programs. Empty: of a kind
	// that has no name, or written by a version that did not say.
	FailureKind string `json:"failure_kind,omitempty"`

	Seed   uint64 `json:"seed,string"` // 0 … 2⁶³−1; a string, since JSON numbers lose digits
	Blocks int    `json:"blocks"`      // most blocks planned for any scenario
	Quick  bool   `json:"quick,omitempty"`

	Git       Git          `json:"git"`
	Host      Host         `json:"host"`
	Binaries  []Binary     `json:"binaries"`
	Scenarios []Scenario   `json:"scenarios"`
	Plan      []Planned    `json:"plan"`
	Skipped   []Skipped    `json:"skipped,omitempty"`
	Searches  []Search     `json:"searches,omitempty"`
	Answer    *KnownAnswer `json:"known_answer,omitempty"`
	Micro     *Micro       `json:"micro,omitempty"`

	// Trees are the folders that servers are built in, as the scenarios name them,
	// and what these held when the run began.
	Trees map[string]Tree `json:"trees,omitempty"`
}

// Git is the state of the source tree the run was started in. Commit is empty
// outside a repository.
type Git struct {
	Commit string `json:"commit,omitempty"`
	Dirty  bool   `json:"dirty"`
}

// Tree is the state of a source tree that programs are built from. Without git it
// is empty, and cannot be told from another.
type Tree struct {
	Git     Git    `json:"git"`
	Changes string `json:"changes_sha256,omitempty"` // of a dirty tree's difference from its commit
}

// Micro is what the Go benchmarks in micro.txt were made with. Blocks that are
// made otherwise do not belong to them.
type Micro struct {
	Seed      uint64         `json:"seed,string"`
	Packages  []string       `json:"packages"` // patterns of go list
	Bench     string         `json:"bench"`    // regular expression
	Benchtime string         `json:"benchtime"`
	CPUModel  string         `json:"cpu_model,omitempty"`
	Variants  []MicroVariant `json:"variants"`
}

// MicroVariant is the source tree of one variant of Go benchmarks.
type MicroVariant struct {
	Name string `json:"name,omitempty"` // empty: there is nothing to compare
	Tree
}

// Binary is one program that was started for measurement.
type Binary struct {
	Path   string `json:"path"` // as the scenario names it
	SHA256 string `json:"sha256"`
}

// Skipped is a scenario that was asked for and could not run here.
type Skipped struct {
	Scenario string `json:"scenario"`
	Why      string `json:"why"`
}

// Search is the result of a search for the highest rate that holds a scenario's
// objectives. Its trials stand in the bundle with the rate as a matrix key.
type Search struct {
	Scenario  string            `json:"scenario"`
	Variant   string            `json:"variant"`
	Matrix    map[string]string `json:"matrix,omitempty"`   // of the scenario, without the rate
	Held      *float64          `json:"held_per_second"`    // highest rate that held; null: none
	Refuted   *float64          `json:"refuted_per_second"` // lowest rate that did not; null: none was found
	Confirmed bool              `json:"confirmed"`          // Held was confirmed by a run of its own
	Stopped   string            `json:"stopped,omitempty"`  // why the search ended early
}

// Scenario is a scenario file verbatim, and what the harness understood of it,
// so that a reader of the bundle needs no second parser.
type Scenario struct {
	Name    string `json:"name"`
	Summary string `json:"summary,omitempty"`
	File    string `json:"file"` // base name
	SHA256  string `json:"sha256"`
	Text    string `json:"text"`
	// Inputs are the other files that the scenario reads, with their SHA-256.
	Inputs map[string]string `json:"inputs,omitempty"`

	Variants   []Variant         `json:"variants"`
	Matrix     []string          `json:"matrix,omitempty"` // keys, sorted
	Params     map[string]string `json:"params,omitempty"` // defaults
	Servers    []Server          `json:"servers"`
	Streams    []Stream          `json:"streams"`
	Objectives []Objective       `json:"objectives,omitempty"`
	Blocks     int               `json:"blocks"`
	Warmup     time.Duration     `json:"warmup_ns"`
	Control    string            `json:"control,omitempty"` // variant with a known slowdown
}

// Variant is one thing being compared. AAOf names the variant that this one is
// an identical copy of.
type Variant struct {
	Name   string            `json:"name"`
	Params map[string]string `json:"params,omitempty"`
	AAOf   string            `json:"aa_of,omitempty"`
}

// Server is one process under test. URL is set for a server that already ran:
// it is not restarted between trials, so these depend on each other.
type Server struct {
	Name    string   `json:"name"`
	Command []string `json:"command,omitempty"` // with ${…} unresolved
	URL     string   `json:"url,omitempty"`
}

// Load models.
const (
	ModelClosed = "closed" // clients wait for their answer before they send again
	ModelOpen   = "open"   // requests are sent on schedule, whatever the answers do
)

// Arrival processes of open load.
const (
	ArrivalsConstant = "constant"
	ArrivalsPoisson  = "poisson"
	ArrivalsStages   = "stages"
)

// Stream is one load on one server.
type Stream struct {
	Name     string        `json:"name"`
	Server   string        `json:"server"`
	Model    string        `json:"model"`
	Duration time.Duration `json:"duration_ns,omitempty"` // 0: bounded by Requests

	Clients  int            `json:"clients,omitempty"`
	Requests uint64         `json:"requests,omitempty"` // a burst: there is no steady state
	Think    time.Duration  `json:"think_ns,omitempty"`
	Backoff  *time.Duration `json:"backoff_ns,omitempty"` // null: Retry-After, else 100 ms

	Arrivals string  `json:"arrivals,omitempty"`
	Rate     float64 `json:"rate_per_second,omitempty"` // 0 with stages
	Stages   []Stage `json:"stages,omitempty"`

	Timeout     time.Duration `json:"timeout_ns"`
	Connections int           `json:"connections"`
	Transport   string        `json:"transport"`
}

// Stage is a piece of an open load: Rate, or a linear ramp from Rate to To.
type Stage struct {
	Rate     float64       `json:"rate_per_second"`
	To       *float64      `json:"to_per_second,omitempty"`
	Duration time.Duration `json:"duration_ns"`
}

// Objective is one promise of a scenario. Metric is a name of the metric table,
// Unit its dimension, and Threshold a value in base units.
type Objective struct {
	Text      string    `json:"text"`
	Metric    string    `json:"metric"`
	Op        string    `json:"op"` // "<", "<=", ">", ">="
	Threshold float64   `json:"threshold"`
	Unit      Dimension `json:"unit"` // "sec", "ratio", "per-sec"
}

// Planned is one trial of the plan. Order counts from 1 over the run.
type Planned struct {
	ID       string            `json:"id"`
	Order    int               `json:"order"`
	Block    int               `json:"block"` // from 1
	Scenario string            `json:"scenario"`
	Variant  string            `json:"variant"`
	Matrix   map[string]string `json:"matrix,omitempty"`
	Seed     uint64            `json:"seed,string"`
	Layout   uint64            `json:"layout,string"`
}

// Host is the machine the run was made on. An empty string or a null is a fact
// that could not be read there.
type Host struct {
	OS             string   `json:"os"`
	Arch           string   `json:"arch"`
	Kernel         string   `json:"kernel,omitempty"`
	CPUModel       string   `json:"cpu_model,omitempty"`
	CPUs           []int    `json:"cpus"`               // those this process may use
	Siblings       []string `json:"siblings,omitempty"` // sets of CPUs that share a core
	Governor       string   `json:"governor,omitempty"`
	Turbo          string   `json:"turbo,omitempty"`
	IdleCPUs       string   `json:"idle_cpus,omitempty"`     // "polling": kept awake; "sleeping"; empty: not known
	AnswerStamps   string   `json:"answer_stamps,omitempty"` // "on arrival": by the system, for loopback without net/http; empty: when read
	MemoryBytes    uint64   `json:"memory_bytes,omitempty"`
	CgroupCPU      string   `json:"cgroup_cpu,omitempty"`    // cpu.max
	CgroupMemory   string   `json:"cgroup_memory,omitempty"` // memory.max
	Virtualisation string   `json:"virtualisation,omitempty"`
	ClockSource    string   `json:"clock_source,omitempty"`
	FileLimit      uint64   `json:"file_limit,omitempty"`
	GoVersion      string   `json:"go_version"`
	GOMAXPROCS     int      `json:"gomaxprocs"` // of the generator
	LoadAverage    *float64 `json:"load_average_1m,omitempty"`
	ServerCPUs     []int    `json:"server_cpus,omitempty"` // placement; empty: not placed
	GeneratorCPUs  []int    `json:"generator_cpus,omitempty"`
}

// Stamped says when answers are stamped. Versions that do not tell did it when they
// read them.
func (h Host) Stamped() string { return cmp.Or(h.AnswerStamps, "when read") }

// KnownAnswer is the newest result of the known-answer tests for this machine
// and build: how far the instrument's numbers are from a truth it did not make.
type KnownAnswer struct {
	Made  time.Time          `json:"made"`
	Tests []KnownAnswerShape `json:"tests"`
}

// KnownAnswerShape is one shape of the known-answer tests. Quantities are in
// seconds; the errors are (reported − true) / true.
type KnownAnswerShape struct {
	Name     string               `json:"name"`
	OK       bool                 `json:"ok"`
	Detail   string               `json:"detail,omitempty"`
	Quantile []KnownAnswerFigures `json:"quantiles,omitempty"`
}

// KnownAnswerFigures compares one quantile.
type KnownAnswerFigures struct {
	Name     string   `json:"name"` // "p99"
	Truth    float64  `json:"truth_seconds"`
	Reported float64  `json:"reported_seconds"`
	Error    *float64 `json:"error_ratio"`
}
