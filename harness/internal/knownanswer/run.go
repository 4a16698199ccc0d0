package knownanswer

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// Run makes one known-answer test with a child of its own.
func Run(ctx context.Context, p Place, s Shape) (*Result, error) {
	child, err := Start(ctx, p, s.Server)
	if err != nil {
		return nil, err
	}
	defer child.Stop()
	o, err := child.observe(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("known-answer test %q: %w", s.Name, err)
	}
	res := o.judge()
	res.ServerCPU = child.CPU()
	return res, nil
}

// Settle makes a known-answer test. If the test fails, Settle repeats it twice, and
// the middle one of the three results counts: a pause of the machine that no counter
// shows spoils one try in several, while a wrong instrument is wrong every time. A
// try that lost a request or has impossible stamps is not repeated, because no pause
// causes that.
func Settle(ctx context.Context, p Place, s Shape) (*Result, error) {
	first, err := Run(ctx, p, s)
	if err != nil || first.OK || first.broken {
		return first, err
	}
	all := []*Result{first}
	for range 2 {
		r, err := Run(ctx, p, s)
		if err != nil || r.broken {
			return r, err
		}
		all = append(all, r)
	}
	return middle(all), nil
}

// middle returns the median of the results of one test by how large their errors
// are. The first result is the one that failed.
func middle(all []*Result) *Result {
	first, cpu := all[0], 0.0
	for _, r := range all {
		if r.ServerCPU < 0 || cpu < 0 {
			cpu = -1
			continue
		}
		cpu += r.ServerCPU
	}
	byError := slices.SortedStableFunc(slices.Values(all), func(a, b *Result) int {
		return cmp.Or(cmp.Compare(len(a.Faults), len(b.Faults)), cmp.Compare(a.worst(), b.worst()))
	})
	r := *byError[len(byError)/2]
	r.First, r.ServerCPU = first.Faults, cpu
	return &r
}

// worst returns the largest relative error against the server's stamps. Short waits
// are left out, because they are judged by their difference.
func (r *Result) worst() (e float64) {
	for _, q := range r.Quantiles {
		if q.StampedError != nil && *q.Stamped >= shortWait.Seconds() {
			e = max(e, math.Abs(*q.StampedError))
		}
	}
	return e
}

// observation is everything that is known about one test.
type observation struct {
	shape    Shape
	reported *results.StreamResult
	lines    []attack.Line
	stamps   map[uint64]stamp
	epoch    int64
	zero     int64 // start of the attack, a reading of monotonic
}

// observe attacks the child as the shape says.
func (c *Child) observe(ctx context.Context, s Shape) (*observation, error) {
	// The slice has room for all requests: growing it in the burst after a stall
	// would hold up those that wait.
	o := &observation{shape: s, lines: make([]attack.Line, 0, s.most())}
	var mu sync.Mutex
	plan, err := s.schedule()
	if err != nil {
		return nil, err
	}
	a, err := attack.New(attack.Config{
		Name: "known-answer", URL: c.URL, Schedule: plan, Warmup: warmup, Duration: s.Duration,
		Timeout: s.Timeout, Connections: s.Connections, Request: Get,
		Observe: func(l attack.Line) {
			mu.Lock()
			o.lines = append(o.lines, l)
			mu.Unlock()
		},
	})
	if err != nil {
		return nil, err
	}
	if err := a.Connect(ctx); err != nil {
		return nil, err
	}
	if o.reported, err = a.Run(ctx); err != nil {
		return nil, err
	}
	o.zero = onSharedClock(a.Zero())
	o.stamps, o.epoch, err = c.stamps(ctx)
	return o, err
}

// schedule is that of warm-up and window, with the same draws each time.
func (s Shape) schedule() (*schedule.Schedule, error) {
	return schedule.New([]schedule.Stage{schedule.Flat(s.Rate, warmup), schedule.Flat(s.Rate, s.Duration)}, s.Arrivals, 1)
}

// most returns an upper bound of the number of requests: the expected number and
// five standard deviations of Poisson arrivals.
func (s Shape) most() int {
	expected := s.Rate * (warmup + s.Duration).Seconds()
	return int(math.Ceil(expected + 5*math.Sqrt(expected)))
}

// Get writes request k of a known-answer test.
func Get(m *attack.Message, k uint64) {
	m.Method = "GET"
	m.Path = append(m.Path[:0], "/api/v1/patients?id=P"...)
	m.Path = strconv.AppendUint(m.Path, 10000+k%10000, 10)
}

// onSharedClock converts a moment of Go's clock to a reading of monotonic. It reads
// both clocks, one after the other, several times, because a pause may come between.
func onSharedClock(t time.Time) int64 {
	best, at := int64(1<<62), int64(0)
	for range 20 {
		before := monotonic()
		since := time.Since(t)
		after := monotonic()
		if after-before < best {
			best, at = after-before, before+(after-before)/2-int64(since)
		}
	}
	return at
}
