package explain

// Report says why head differs from base. It is what `explain --json` prints.
type Report struct {
	Bundle string `json:"bundle"` // its path, as the command line has it
	// Base and Head are the names of two variants.
	Base string `json:"base"`
	Head string `json:"head"`
	// Environment is what differs between base and head and is no code of theirs.
	Environment []string `json:"environment"`
	// Sections are ordered by scenario, matrix values and server.
	Sections []Section `json:"sections"`
}

// Verdicts of a section: where the cause was found.
const (
	InCPU    = "cpu"     // functions or parts of the runtime took more CPU
	InMemory = "memory"  // functions allocate more, for which allocator and collector work
	InLock   = "lock"    // a lock was held longer, or more often
	InPhase  = "phase"   // the server waited in one of its phases
	InWait   = "wait"    // goroutines waited longer, for what no phase and no lock names
	InServer = "server"  // the server takes longer, in what no phase, lock or wait of it tells of
	Outside  = "outside" // a part of the request outside the server grew
	Unknown  = "unknown" // requests take longer, and nothing shows why
	Nothing  = "nothing" // nothing grew
	TooFew   = "too few" // there are too few profiled blocks for a conclusion
)

// Section is the answer for one scenario, one combination of matrix values and one server.
type Section struct {
	// Scenario and Server are names in the manifest. Matrix is null without a matrix.
	Scenario string            `json:"scenario"`
	Matrix   map[string]string `json:"matrix,omitempty"`
	Server   string            `json:"server"`
	Blocks   int               `json:"profiled_blocks"` // that have both variants
	Measured int               `json:"measured_blocks"` // blocks without profiles, from which phases and endpoints are

	Verdict string `json:"verdict"` // one of the verdicts above
	Summary string `json:"summary"` // the verdict as sentences
	// Causes are what explains most, the best first. Endpoint is the target that grew
	// most, or null.
	Causes   []Cause `json:"causes"`
	Endpoint *Row    `json:"endpoint"`

	CPU *Row `json:"cpu_seconds"` // of the server, as its profile shows it, for one answer
	// Explained is the share of the growth of CPU that the named functions hold together.
	// It is null if CPU did not grow.
	Explained *float64 `json:"cpu_explained"`
	Service   *Row     `json:"service_seconds"` // mean, in the measured blocks
	// Parts are the mean times of the parts of a request: the ledger's, and what the
	// server reports in Server-Timing. Endpoints are the mean service times of the
	// targets. Both are from the measured blocks. Metrics has an entry for each quantity
	// of which some block has profiles of both variants.
	Parts     []*Row   `json:"parts"`
	Endpoints []*Row   `json:"endpoints"`
	Metrics   []Metric `json:"metrics"`
	// ProfilerCost is by how much the server's CPU time for an answer is larger while it
	// is profiled: 0.02 is 2 %. It is null if it is not known.
	ProfilerCost *float64 `json:"profiler_cost_ratio"`
	// Notes say what the server's profiles lack.
	Notes []string `json:"notes,omitempty"`

	from *section
}

// Metric is what the profiles say of one quantity.
type Metric struct {
	Kind  string `json:"kind"`  // of the profile
	What  string `json:"what"`  // the quantity in words: "CPU time"
	Unit  string `json:"unit"`  // for one answer
	Total *Row   `json:"total"` // of everything in the profile
	Rows  []*Row `json:"rows"`  // the largest differences first
}

// Cause is something that grew, in the words of the row that shows it.
type Cause struct {
	Kind string `json:"kind"` // a verdict of a section
	Name string `json:"name"` // of a function, group, phase or endpoint
	What string `json:"what"` // the quantity that grew, for one answer
	Unit string `json:"unit"` // "sec", "B", …
	// Difference is that of the row, and Beyond what of it no cause before this one holds.
	Difference float64 `json:"difference"`
	// Low, High and PAdjusted are those of the row.
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	PAdjusted *float64 `json:"p_adjusted"`
	Beyond    float64  `json:"beyond_others"`
	Source    string   `json:"source,omitempty"`  // file:line in head; empty if unknown
	Callers   []string `json:"callers,omitempty"` // from the nearest one
	// CallerSources are the places at which Callers call, in the same order. A place that
	// the profile does not tell is empty.
	CallerSources []string `json:"caller_sources,omitempty"`
}
