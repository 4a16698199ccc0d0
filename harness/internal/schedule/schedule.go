// Package schedule computes when the requests of an open load are to be sent, from a
// load model and a seed. It is pure: the same inputs give the same moments on every
// machine, and it reads no clock.
//
// A load is a sequence of stages, each with a constant rate or a linear ramp.
// Together they define Λ(t), the number of requests expected until t. Request k
// (from 0) is sent at Λ⁻¹(u_k): u_k = k for constant arrivals, and for Poisson
// arrivals the sum of k+1 exponential gaps of mean 1. A ramp with Poisson arrivals
// is therefore an inhomogeneous Poisson process, and no rounding errors add up from
// one request to the next.
package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// MaxRate is the highest rate of a stage per second. No machine sends so much, and to
// walk such a schedule is work enough for one.
const MaxRate = 10_000_000

// Arrivals says how requests are spread around their rate.
type Arrivals int

const (
	Constant Arrivals = iota // evenly spaced
	Poisson                  // independent of each other
)

// Stage is one section of a load. Rates are in requests per second; the rate changes
// linearly from Rate to To over Duration.
type Stage struct {
	Rate, To float64
	Duration time.Duration
}

// Flat returns a stage with a constant rate.
func Flat(rate float64, d time.Duration) Stage { return Stage{rate, rate, d} }

// Schedule yields the moments in order. It must not be used by several goroutines at
// once, and cannot be rewound.
type Schedule struct {
	stages   []Stage
	gaps     *rand.Rand // nil for constant arrivals
	source   *rand.PCG  // of gaps
	i        int        // current stage
	start    float64    // seconds at which the stage starts
	expected float64    // Λ at the start of the stage
	u        float64    // of the next request
}

// New returns the schedule of the stages. It returns an error for rates that are
// negative, not finite or above [MaxRate], for durations that are not positive, and
// for a load without requests.
func New(stages []Stage, arrivals Arrivals, seed uint64) (*Schedule, error) {
	var total float64
	for i, s := range stages {
		for _, r := range []float64{s.Rate, s.To} {
			if !(r >= 0) || math.IsInf(r, 0) {
				return nil, fmt.Errorf("stage %d: rate %v per second, want 0 or more", i+1, r)
			}
			if r > MaxRate {
				return nil, fmt.Errorf("stage %d: rate %g per second, want at most %d", i+1, r, MaxRate)
			}
		}
		if s.Duration <= 0 {
			return nil, fmt.Errorf("stage %d: duration %v, want more than 0", i+1, s.Duration)
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

// Clone returns a schedule that continues from the same point, independently of s.
func (s *Schedule) Clone() *Schedule {
	c := *s
	if s.gaps != nil {
		source := *s.source
		c.source, c.gaps = &source, rand.New(&source)
	}
	return &c
}

// expected returns the number of requests of a whole stage.
func (s Stage) expected() float64 { return (s.Rate + s.To) / 2 * s.Duration.Seconds() }

// Next returns when the next request is to be sent, relative to the start of the
// load. It returns false if there are no more requests. Moments never decrease.
func (s *Schedule) Next() (time.Duration, bool) {
	for s.i < len(s.stages) {
		st := s.stages[s.i]
		n := st.expected()
		// The allowance keeps rounding from adding the request that falls exactly on
		// the end of a stage: 2,000/s for 3 s is 6,000 requests.
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

// gap is the next distance between two arrivals, in units of the mean distance: 1, or
// drawn for a Poisson process.
func (s *Schedule) gap() float64 {
	if s.gaps == nil {
		return 1
	}
	return s.gaps.ExpFloat64()
}

// invert returns the seconds after which a stage expects n requests: the root of
// rate·x + slope·x²/2 = n, in the form that avoids cancellation.
func (s Stage) invert(n float64) float64 {
	slope := (s.To - s.Rate) / s.Duration.Seconds()
	root := math.Sqrt(max(0, s.Rate*s.Rate+2*slope*n))
	if s.Rate+root == 0 {
		return 0 // n = 0 on a ramp that starts at 0
	}
	return min(2*n/(s.Rate+root), s.Duration.Seconds())
}
