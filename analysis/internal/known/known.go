// Package known says how often explain is right, by bundles of servers that are slower in
// known ways. The bundles are rounds of scenarios/explain/known-slowdowns.yaml. What
// explain said of each pair of variants is recorded, and the records are committed, so
// that anybody can compute the figures again.
package known

import (
	"regexp"

	"github.com/assay-bench/assay/analysis/internal/explain"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// Answer is what explain said of one pair of variants of one round: a line of
// answers.jsonl.
type Answer struct {
	// Round is the base name of the round's bundle, such as "round-01".
	Round string `json:"round"`
	Kind  string `json:"kind"` // name of the slowdown that head has
	// Base and Head are the variants that were compared.
	Base    string `json:"base"`
	Head    string `json:"head"`
	Right   bool   `json:"right"`   // what was named first is the slowdown, or nothing was where nothing differs
	Verdict string `json:"verdict"` // of explain
	// Cause is what is named first, and Endpoint the endpoint that is named; empty: none.
	Cause    string `json:"cause,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	// Profiled and Measured are the numbers of blocks with and without profiles.
	Profiled int `json:"profiled_blocks"`
	Measured int `json:"measured_blocks"`
	// ServiceBase is the mean service time of base, and ServiceGrowth is by how much
	// that of head is longer. Both are 0 if explain gave none. CPUBase and CPUGrowth are
	// the same for the CPU time of the server for an answer.
	ServiceBase   float64 `json:"service_seconds"`
	ServiceGrowth float64 `json:"service_growth_seconds"`
	CPUBase       float64 `json:"cpu_seconds"`
	CPUGrowth     float64 `json:"cpu_growth_seconds"`
	// ProfilerCost is by how much the server took more CPU time for an answer while it
	// was profiled, as a share (0.05 is 5 %). It is nil if it is not known.
	ProfilerCost *float64 `json:"profiler_cost_ratio"`
	// Foreign is how many CPUs other programs took, on average over the profiled
	// trials of the round that know it, and 0 if none does.
	Foreign float64 `json:"foreign_cpus"`
}

// Kind is a known slowdown, or none.
type Kind struct {
	// Name is not unique, because several pairs differ in nothing.
	Name       string
	What       string // for readers
	Base, Head string // variants of the scenario
	right      func(*explain.Section) bool
}

// Same is the name of the kinds that differ in nothing.
const Same = "A/A"

// Kinds are the pairs of variants that are asked for, in the order in which they are shown.
var Kinds = []Kind{
	{"serialisation", "every answer is encoded 141 times", "usual", "serialisation", first(explain.InCPU, encoding)},
	{"allocations", "every request makes 120 kB of garbage in small objects", "usual", "allocations", first("", `handicap\.`)},
	{"lock", "all requests need a lock that is held for 3 ms of every 30 ms", "usual", "lock", first(explain.InLock, `handicap\.`)},
	{"query", "every query takes 160 µs longer", "usual", "query", first(explain.InPhase, `^store$`)},
	{"collector", "48 MB are in use, and marked again and again", "usual", "collector", first(explain.InCPU, `^collector`)},
	{"endpoint", "the answers of one endpoint of three are encoded 141 times", "usual", "endpoint", endpoint("fhir", encoding)},
	{Same, "nothing differs", "usual", "same-1", nothing},
	{Same, "nothing differs", "usual-2", "same-2", nothing},
}

// first reports whether what is named first has a name like that, and is of a kind if one
// is given.
func first(kind, name string) func(*explain.Section) bool {
	like := regexp.MustCompile(name)
	return func(s *explain.Section) bool {
		return len(s.Causes) > 0 && (kind == "" || s.Causes[0].Kind == kind) && like.MatchString(s.Causes[0].Name)
	}
}

// encoding is the code of the built-in server that encodes answers again, with what it calls.
const encoding = `\.bear$|[eE]ncod|json|[aA]ppend|api\.init\.func`

// endpoint reports whether the endpoint is named that grew, or if none is, the code that only
// the answers of this endpoint have more of.
func endpoint(name, code string) func(*explain.Section) bool {
	byCode := first(explain.InCPU, code)
	return func(s *explain.Section) bool {
		if s.Endpoint != nil {
			return s.Endpoint.Name == name
		}
		return byCode(s)
	}
}

// nothing reports whether nothing is named.
func nothing(s *explain.Section) bool { return len(s.Causes) == 0 && s.Endpoint == nil }

// Ask asks explain for all kinds in the bundle of a round.
func Ask(run *load.Run, round string) (all []Answer, err error) {
	foreign := foreignCPUs(run)
	for _, k := range Kinds {
		r, err := explain.Run(run, k.Base, k.Head)
		if err != nil {
			return nil, err
		}
		s := &r.Sections[0]
		a := Answer{
			Round: round, Kind: k.Name, Base: k.Base, Head: k.Head, Right: k.right(s), Verdict: s.Verdict, Profiled: s.Blocks, Measured: s.Measured,
			CPUBase: s.CPU.Base, CPUGrowth: s.CPU.Difference, ProfilerCost: s.ProfilerCost, Foreign: foreign,
		}
		if s.Service != nil {
			a.ServiceBase, a.ServiceGrowth = s.Service.Base, s.Service.Difference
		}
		if len(s.Causes) > 0 {
			a.Cause = s.Causes[0].Name
		}
		if s.Endpoint != nil {
			a.Endpoint = s.Endpoint.Name
		}
		all = append(all, a)
	}
	return all, nil
}

// foreignCPUs returns how many CPUs other programs took, on average over the trials that
// know it.
func foreignCPUs(run *load.Run) float64 {
	sum, n := 0.0, 0
	for _, t := range run.ValidProfiled() {
		if t.Host.Foreign != nil {
			sum, n = sum+*t.Host.Foreign, n+1
		}
	}
	return sum / float64(max(1, n))
}
