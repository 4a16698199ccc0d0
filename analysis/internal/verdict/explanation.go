package verdict

// Explanation is what a verdict carries of why head is slower. `assay perf-check` adds it;
// the gate knows nothing of it.
type Explanation struct {
	Head    string `json:"head"`    // commit
	Missing string `json:"missing"` // why there is no explanation; else empty
	// Blocks is the largest number of profiled blocks that a scenario has. Summary is
	// that of the first scenario with one, those that regressed being asked first; it is
	// empty if there is no explanation.
	Blocks  int    `json:"profiled_blocks"`
	Summary string `json:"summary"`
	// Causes are what explains most, the best first. Endpoint is the target that grew
	// most, or nil.
	Causes   []Cause   `json:"causes"`
	Endpoint *Endpoint `json:"endpoint"`
}

// Cause is something that grew: Difference, in Unit and for one answer, with the ends of
// its interval, which are nil if there is none.
type Cause struct {
	// Kind is where the cause lies, as "cpu" or "lock". Name is that of a function, a
	// phase or the like, and What names the quantity that grew.
	Kind       string  `json:"kind"`
	Name       string  `json:"name"`
	What       string  `json:"what"`
	Unit       string  `json:"unit"`
	Difference float64 `json:"difference"`
	// Low and High bound Difference with a confidence of 95 %. PAdjusted is one-sided,
	// and adjusted for everything that was tested with it.
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	PAdjusted *float64 `json:"p_adjusted"`
	Source    string   `json:"source"` // as the profile names it
	// File, with slashes, and Line, from 1, are a place in the repository; File is empty if
	// there is none. If the function is not in the repository, the place is the call in
	// Caller; otherwise Caller is empty.
	File   string `json:"file"`
	Line   int    `json:"line"`
	Caller string `json:"caller"`
}

// Endpoint is a target whose mean service time, in seconds, grew.
type Endpoint struct {
	// Name is that of the target, and Base is the mean before. Difference is by how much
	// the mean grew. Low and High are the ends of its interval of 95 %, and nil if there
	// is none.
	Name       string   `json:"name"`
	Base       float64  `json:"base"`
	Difference float64  `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	// PAdjusted is as in [Cause].
	PAdjusted *float64 `json:"p_adjusted"`
}
