package scenario

import (
	"cmp"
	"time"

	"github.com/assay-bench/assay/results"
)

// CellLoad is the load of a cell, and what is asked of the server under it. The one in a
// [Scenario] is that of the first cell; it holds for every cell unless a value of the
// load contains ${...}.
//
// All variants of a matrix cell are offered the same load, since they are compared. They
// may differ in how the load reaches the server: timeout, connections, transport, reuse.
type CellLoad struct {
	Streams    []Stream            // at least one; all start together
	Warmup     time.Duration       // before the window, for every stream
	Objectives []results.Objective // of the streams and of their targets
}

// For returns the scenario as it is for one of its cells: with the load of that cell. The
// result may be changed in everything but what its pointers refer to.
func (s *Scenario) For(c Cell) *Scenario {
	of, ok := s.loads[c.loadKey()]
	if !ok {
		return s
	}
	at := *s
	at.CellLoad, at.loads = *of, nil
	return &at
}

// Loads returns every load of the scenario once, so that all of them can be changed
// before the scenario runs.
func (s *Scenario) Loads() []*CellLoad {
	all := []*CellLoad{&s.CellLoad}
	for _, l := range s.loads {
		all = append(all, l)
	}
	return all
}

// SLO returns the threshold of the first latency objective, which decides what counts for
// within-slo. It returns false if there is none.
func (l *CellLoad) SLO() (time.Duration, bool) {
	for _, o := range l.Objectives {
		if o.Unit == results.Seconds {
			// Thresholds were made from whole nanoseconds, so rounding restores
			// them.
			return time.Duration(o.Threshold*1e9 + 0.5), true
		}
	}
	return 0, false
}

// loadKey tells the loads of cells apart. An A/A copy has that of its original.
func (c Cell) loadKey() string {
	c.Variant = cmp.Or(c.AAOf, c.Variant)
	return c.Name()
}
