// Package schedule turns a load model and a seed into the moments at which the
// requests of an open load are meant to be sent. It is pure: the same inputs
// give the same moments on every machine, and no clock is read.
//
// A load is a sequence of stages, each with a constant rate or a linear ramp.
// Together they define Λ(t), the number of requests expected until t. Request k
// (from 0) is sent at Λ⁻¹(u_k): u_k = k for constant arrivals, and for Poisson
// arrivals the sum of k+1 exponential gaps of mean 1. So a ramp with Poisson
// arrivals is an inhomogeneous Poisson process, and nothing is rounded from one
// request to the next.
package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals says how requests are spread around their rate.
type Arrivals int

const (
	Constant Arrivals = iota // evenly spaced
	Poisson                  // independent of each other
)

// Stage is a piece of load. Rates are requests per second; the rate moves
// linearly from Rate to To within Duration.
type Stage struct {
	Rate, To float64
	Duration time.Duration
}

// Flat is a stage of one rate.
func Flat(rate float64, d time.Duration) Stage { return Stage{rate, rate, d} }

// Schedule yields the moments one after the other. It is not for use by
// several goroutines at once, and cannot be rewound.
type Schedule struct {
	stages   []Stage
	gaps     *rand.Rand // nil: constant arrivals
	source   *rand.PCG  // of gaps
	i        int        // current stage
	start    float64    // seconds at which it starts
	expected float64    // Λ at its start
	u        float64    // of the next request
}

// New returns the schedule of the stages. It refuses rates that are negative or
// not finite, durations that are not positive, and a load without requests.
func New(stages []Stage, arrivals Arrivals, seed uint64) (*Schedule, error) {
	var total float64
	for i, s := range stages {
		for _, r := range []float64{s.Rate, s.To} {
			if !(r >= 0) || math.IsInf(r, 0) {
				return nil, fmt.Errorf("stage %d: rate %v per second, want a number that is not negative", i+1, r)
			}
		}
		if s.Duration <= 0 {
			return nil, fmt.Errorf("stage %d: duration %v, want more than nothing", i+1, s.Duration)
		}
		total += s.expected()
	}
	if total <= 0 {
		return nil, fmt.Errorf("the load sends no request: every rate is 0")
	}
	s := &Schedule{stages: stages}
	if arrivals == Poisson {
		s.source = rand.NewPCG(seed, 0x9e3779b97f4a7c15)
		s.gaps = rand.New(s.source)
		s.u = s.gaps.ExpFloat64()
	}
	return s, nil
}

// Clone returns a schedule that goes on as s does, and independently of it.
func (s *Schedule) Clone() *Schedule {
	c := *s
	if s.gaps != nil {
		source := *s.source
		c.source, c.gaps = &source, rand.New(&source)
	}
	return &c
}

// expected is the number of requests of a whole stage.
func (s Stage) expected() float64 { return (s.Rate + s.To) / 2 * s.Duration.Seconds() }

// Next returns when the next request is to be sent, relative to the start of
// the load, and false when there are no more. Moments never decrease.
func (s *Schedule) Next() (time.Duration, bool) {
	for s.i < len(s.stages) {
		st := s.stages[s.i]
		n := st.expected()
		// The allowance keeps the request that falls on the end of a stage by
		// arithmetic from being sent by rounding: 2,000/s for 3 s is 6,000.
		if into := s.u - s.expected; into < n-1e-9*max(n, 1) {
			s.u += s.gap()
			return time.Duration((s.start + st.invert(into)) * float64(time.Second)), true
		}
		s.expected += n
		s.start += st.Duration.Seconds()
		s.i++
	}
	return 0, false
}

func (s *Schedule) gap() float64 {
	if s.gaps == nil {
		return 1
	}
	return s.gaps.ExpFloat64()
}

// invert returns the seconds after which a stage expects n requests: the root
// of rate·x + slope·x²/2 = n, in the form that does not cancel.
func (s Stage) invert(n float64) float64 {
	slope := (s.To - s.Rate) / s.Duration.Seconds()
	root := math.Sqrt(max(0, s.Rate*s.Rate+2*slope*n))
	if s.Rate+root == 0 {
		return 0 // n = 0 on a ramp that starts at 0
	}
	return min(2*n/(s.Rate+root), s.Duration.Seconds())
}
