package self

import (
	"math"
	"slices"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/results"
)

// Figures is everything measured: a slice has a value of every round in which its
// section was finished. It is written and read as JSON.
type Figures struct {
	// Host is the machine, as it was before the first round.
	Host   results.Host `json:"host"`
	Nginx  string       `json:"nginx"`  // version
	Rounds int          `json:"rounds"` // how often all is measured
	// Steal is the CPU time per second that a hypervisor took away, by section.
	Steal map[string][]float64 `json:"steal_cpu"`

	// Failures say which sections have no figures of a round, and why.
	Failures []string `json:"failures,omitempty"`

	Costs map[string][]costRound `json:"costs"` // by section
	// Targets and the fields that follow hold the figures of the sections with these
	// names. Shapes and Connections are measured once, after the rounds. Connections is
	// null until then.
	Targets     []targetsRound         `json:"targets"`
	Flows       []flowsRound           `json:"flows,omitempty"`
	Rates       []rateRound            `json:"rates"`
	Lags        [][len(paces)]lagRound `json:"lags"`
	Stalls      []stallRound           `json:"stalls"`
	Speed       [][]known              `json:"speed"` // by round, in the order of speedShapes
	Shapes      []known                `json:"shapes"`
	Memory      []memoryRound          `json:"memory"`
	Connections *connectionsRound      `json:"connections"`
	Books       books                  `json:"books"`
}

// books are what must hold of every load.
type books struct {
	Sent       uint64  `json:"sent"`
	Wanted     uint64  `json:"wanted"`
	Impossible int     `json:"impossible"` // requests whose stamps are out of order, of the known-answer tests
	Joined     uint64  `json:"joined"`     // requests whose stamps were looked at
	Loads      int     `json:"loads"`      // whose parts were added up
	Apart      float64 `json:"apart"`      // largest relative difference of response and the sum of its parts
}

// known is a known-answer test, and how busy it kept its server.
type known struct {
	*knownanswer.Result
	ServerBusy float64 `json:"server_busy"` // share of one CPU over the load; negative: unknown
}

// over collects one figure of all rounds.
func over[T, V any](all []T, figure func(*T) V) []V {
	v := make([]V, len(all))
	for i := range all {
		v[i] = figure(&all[i])
	}
	return v
}

// value is NaN where there is none; NaN meets no bar.
func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// ratios divides round by round.
func ratios(a, b []float64) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return r
}

// median of an empty slice is NaN, and so is that of one that holds a NaN.
func median(v []float64) float64 {
	if len(v) == 0 || slices.ContainsFunc(v, math.IsNaN) {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// quantile is the value of rank ⌈p·n⌉; NaN of none.
func quantile(v []float64, permille int) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	return s[(len(s)*permille+999)/1000-1]
}

// spread is the range of values over their median; 0 of fewer than two.
func spread(v []float64) float64 {
	if len(v) < 2 {
		return 0
	}
	return (slices.Max(v) - slices.Min(v)) / median(v)
}
