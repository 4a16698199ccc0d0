package results

import (
	"cmp"
	"time"
)

// Host is the machine that the run was made on. An empty string or a null means that
// the fact could not be read.
type Host struct {
	// OS and Arch are those of Go; Kernel is what the system calls its release.
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	Kernel string `json:"kernel,omitempty"`
	// CPUModel is the model of the first CPU that the system lists.
	CPUModel string   `json:"cpu_model,omitempty"`
	CPUs     []int    `json:"cpus"`               // those that this process may use
	Siblings []string `json:"siblings,omitempty"` // sets of CPUs that share a core
	// Governor is the frequency governor of CPU 0. Turbo is "on" or "off".
	Governor     string `json:"governor,omitempty"`
	Turbo        string `json:"turbo,omitempty"`
	IdleCPUs     string `json:"idle_cpus,omitempty"`     // "polling" (kept awake) or "sleeping"; empty if unknown
	AnswerStamps string `json:"answer_stamps,omitempty"` // "on arrival": the system stamps answers, except with net/http; empty: stamped when read
	// MemoryBytes is the memory of the machine, whatever a control group allows.
	MemoryBytes  uint64 `json:"memory_bytes,omitempty"`
	CgroupCPU    string `json:"cgroup_cpu,omitempty"`    // cpu.max
	CgroupMemory string `json:"cgroup_memory,omitempty"` // memory.max
	// Virtualisation is the product name of a virtual machine, or "virtual machine" if
	// it has none. ClockSource is what the kernel calls its clock, for example "tsc".
	// FileLimit is how many files this process may have open. GoVersion is that of the
	// harness.
	Virtualisation string `json:"virtualisation,omitempty"`
	ClockSource    string `json:"clock_source,omitempty"`
	FileLimit      uint64 `json:"file_limit,omitempty"`
	GoVersion      string `json:"go_version"`
	GOMAXPROCS     int    `json:"gomaxprocs"` // of the generator
	// LoadAverage is that of the minute before the run.
	LoadAverage *float64 `json:"load_average_1m,omitempty"`
	ServerCPUs  []int    `json:"server_cpus,omitempty"` // empty if servers were not placed
	// GeneratorCPUs is empty if the generator was not placed.
	GeneratorCPUs []int `json:"generator_cpus,omitempty"`
}

// Stamped says when answers were stamped. Versions that did not record this stamped
// answers when they read them.
func (h Host) Stamped() string { return cmp.Or(h.AnswerStamps, "when read") }

// KnownAnswer is the latest result of the known-answer tests for this machine and
// build. It says how far the instrument's numbers are from the truth, which is known
// independently of the instrument.
type KnownAnswer struct {
	// Made is when the tests ran, which is before the run.
	Made time.Time `json:"made"`
	// Tests has one entry for each latency shape.
	Tests []KnownAnswerShape `json:"tests"`
}

// KnownAnswerShape is one latency shape of the known-answer tests. Quantities are in
// seconds. The errors are (reported − true) / true.
type KnownAnswerShape struct {
	Name   string `json:"name"`             // "stall 0.2 s in 1 s, 1,000/s constant"
	OK     bool   `json:"ok"`               // every error is within its bound
	Detail string `json:"detail,omitempty"` // faults that were found, those of earlier tries included
	// Quantile has the quantiles whose truth is 10 ms or more, the lowest first.
	Quantile []KnownAnswerFigures `json:"quantiles,omitempty"`
}

// KnownAnswerFigures compares one quantile.
type KnownAnswerFigures struct {
	Name  string  `json:"name"`          // "p99"
	Truth float64 `json:"truth_seconds"` // by arithmetic, or by the server's own stamps
	// Reported is what the load generator said, and Error is its relative error.
	Reported float64  `json:"reported_seconds"`
	Error    *float64 `json:"error_ratio"`
}
