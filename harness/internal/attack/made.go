package attack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/opener"
	"github.com/assay-bench/assay/results"
)

// Made is what one slice of a load recorded, in a form that another process can read as
// JSON. Join adds the slices of a load together.
type Made struct {
	Slice Slice // the part of the load that was made

	// Sent and Planned are the requests sent and the slots of the schedule, warm-up
	// included; a closed load has planned what it sent. InWindow is how many of the
	// slots lie in the window, and 0 for a closed load.
	Sent, Planned, InWindow uint64
	// Connections, Handshakes and Redials count as in [results.StreamResult].
	Connections, Handshakes, Redials uint64
	Opening                          *results.Opening // nil: none was opened beforehand

	// Lost is the time that all clients together waited for the generator in the window.
	// Lanes is the number of lanes, or 0 if the load was made request by request. Busy
	// is the share of each second in which a lane worked, by lane.
	Lost    time.Duration
	Lanes   int
	Busy    [][]float64
	Numbers Numbers // of all requests, warm-up included

	Seconds []Second // in order, warm-up included
	Targets []Sums   // of each target, or of the whole stream if it has no targets
}

// Second is what was counted of the requests that were due in one second.
type Second struct {
	// Key is twice the number of the second from the start of the attack, plus 1 in the
	// window. The second in which the window begins has two keys. Warmup says that the
	// requests are outside the window.
	Key    int64
	Warmup bool
	// Phases are the names of the phases that the server reported. As parts of a request
	// they follow the fixed parts, in this order.
	Phases []string
	Cells  []Cell // only those with values
}

// Cell is what was counted of one part of one target in a second, for one outcome. Bins
// are in the form of packedBins.
type Cell struct {
	// Target is the index of the target. Part is the index of the part of a request, and
	// Outcome is the [Outcome] of the requests.
	Target, Part, Outcome int
	Bins                  []byte
}

// Sums are the numbers of a target that are not histograms.
type Sums struct {
	// Recorded, Completed, CompletedOK, Answered and Backlog count as in
	// [results.StreamResult]. Bytes is the size of the answers' bodies. SLO is how many
	// requests were answered ok within the latency objective.
	Recorded, Completed, CompletedOK, Answered, Backlog, Bytes, SLO uint64

	// Outcomes are counts by [Outcome], and InFlight by third of the window. Statuses
	// are counts by HTTP status, and Failures by reason, as in Errors of a result. Wrong
	// has an example by reason.
	Outcomes []uint64
	InFlight [3]uint64
	Statuses map[int]uint64
	Failures map[string]uint64
	Wrong    map[string]results.WrongAnswer

	// LagMin and LagMax are of all requests, warm-up included. Last is when the last
	// request of the window ended, since the start of the attack.
	LagMin, LagMax, Last time.Duration
	// Shares are the classes of the sketch of the generator's share that have requests:
	// class of the response time, class of the share, number of requests.
	Shares [][3]uint32
}

// Share makes the load as Run does, and returns what this slice of it recorded instead of
// the result of the whole. It writes no log.
func (a *Attack) Share(ctx context.Context) (*Made, error) {
	a.rec.most = math.MaxInt // everything is kept, to be sent as a whole
	t, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return a.rec.made(t, a.cfg.Slice), nil
}

// made returns everything that was recorded.
func (r *recorder) made(t *tallied, slice Slice) *Made {
	r.out.Lock()
	defer r.out.Unlock()
	whole, kinds := r.collect()
	m := &Made{
		Slice: slice, Sent: t.sent, Planned: t.planned, InWindow: t.inWindow,
		Connections: t.connections, Handshakes: t.handshakes, Redials: t.redials, Opening: t.opening,
		Lost: t.lost, Lanes: t.lanes, Busy: t.busy, Numbers: whole.numbers,
	}
	for i := range kinds {
		m.Targets = append(m.Targets, kinds[i].export())
	}
	for _, p := range r.kept {
		s := Second{Key: p.key, Warmup: p.warmup, Phases: p.phases}
		for _, c := range p.cells {
			s.Cells = append(s.Cells, Cell{c.kind, c.part, c.outcome, c.bins})
		}
		m.Seconds = append(m.Seconds, s)
	}
	return m
}

// Join adds the slices of a load together: it writes their histograms to the log of cfg,
// and returns the result of the whole load and how well the generators worked together.
// cfg describes the whole load. The error is that of the log, or says that a slice cannot
// be what it claims to be. Whether the slices are complete is for [Missing] to say.
func Join(cfg Config, all []*Made) (*results.StreamResult, *Generator, error) {
	r := newRecorder(&cfg)
	t := &tallied{}
	for _, m := range all {
		if err := r.take(m); err != nil {
			return nil, nil, fmt.Errorf("attack: slice %d of %d: %w", m.Slice.Number, m.Slice.Of, err)
		}
		t.sent, t.planned, t.inWindow = t.sent+m.Sent, t.planned+m.Planned, t.inWindow+m.InWindow
		t.connections, t.handshakes, t.redials = t.connections+m.Connections, t.handshakes+m.Handshakes, t.redials+m.Redials
		t.opening = opener.Join(t.opening, m.Opening)
		t.lost, t.lanes, t.busy = t.lost+m.Lost, t.lanes+m.Lanes, append(t.busy, m.Busy...)
	}
	slices.SortStableFunc(r.kept, func(a, b packed) int { return cmp.Compare(a.key, b.key) })
	res, err := r.finish()
	if err != nil {
		return nil, nil, fmt.Errorf("attack: write histograms: %w", err)
	}
	health := conclude(&cfg, r, res, t)
	return res, &health, nil
}

// take adds what a slice recorded.
func (r *recorder) take(m *Made) error {
	if len(m.Targets) != r.cfg.kinds() {
		return fmt.Errorf("it has results of %d targets, want %d", len(m.Targets), r.cfg.kinds())
	}
	b := r.newBook(nobody{})
	for i := range m.Targets {
		if err := m.Targets[i].pour(&b.sums[i]); err != nil {
			return err
		}
	}
	for _, s := range m.Seconds {
		p := packed{key: s.Key, warmup: s.Warmup, phases: s.Phases}
		for _, c := range s.Cells {
			if c.Target < 0 || c.Target >= r.cfg.kinds() || c.Part < 0 || c.Part >= partPhases+len(s.Phases) || c.Outcome < 0 || c.Outcome >= int(outcomes) {
				return fmt.Errorf("it has a histogram of target %d, part %d, outcome %d, which do not exist", c.Target, c.Part, c.Outcome)
			}
			if !packedBins(c.Bins).sound() {
				return errors.New("it has a histogram that cannot be read")
			}
			p.cells = append(p.cells, packedCell{c.Target, c.Part, c.Outcome, c.Bins})
			r.bytes += len(c.Bins)
		}
		r.kept = append(r.kept, p)
	}
	return nil
}

// export returns the sums in the form of a slice.
func (n *sums) export() Sums {
	s := Sums{
		Recorded: n.recorded, Completed: n.completed, CompletedOK: n.completedOK, Answered: n.answered,
		Backlog: n.backlog, Bytes: n.bytes, SLO: n.slo,
		Outcomes: n.outcomes[:], InFlight: n.inFlight, Statuses: map[int]uint64{}, Failures: n.failures, Wrong: n.wrong,
		LagMin: n.lagMin, LagMax: n.lagMax, Last: n.last,
	}
	for status, count := range n.statuses {
		if count > 0 {
			s.Statuses[status] = count
		}
	}
	for class, byShare := range n.share {
		if byShare == nil {
			continue
		}
		for share, count := range byShare {
			if count > 0 {
				s.Shares = append(s.Shares, [3]uint32{uint32(class), uint32(share), count})
			}
		}
	}
	return s
}

// pour adds the sums to n.
func (s *Sums) pour(n *sums) error {
	m := newSums()
	m.recorded, m.completed, m.completedOK, m.answered = s.Recorded, s.Completed, s.CompletedOK, s.Answered
	m.backlog, m.bytes, m.slo, m.inFlight = s.Backlog, s.Bytes, s.SLO, s.InFlight
	m.lagMin, m.lagMax, m.last = s.LagMin, s.LagMax, s.Last
	if len(s.Outcomes) != len(m.outcomes) {
		return fmt.Errorf("it counts %d outcomes, want %d", len(s.Outcomes), len(m.outcomes))
	}
	copy(m.outcomes[:], s.Outcomes)
	for status, count := range s.Statuses {
		if status < 0 || status >= len(m.statuses) {
			return fmt.Errorf("there is no status %d", status)
		}
		m.statuses[status] = count
	}
	for reason, count := range s.Failures {
		m.failures[reason] = count
	}
	for reason, w := range s.Wrong {
		m.wrong[reason] = w
	}
	for _, c := range s.Shares {
		if int(c[0]) >= len(m.share) || c[1] >= shareBins {
			return fmt.Errorf("there is no class %d, %d of the generator's share", c[0], c[1])
		}
		if m.share[c[0]] == nil {
			m.share[c[0]] = new([shareBins]uint32)
		}
		m.share[c[0]][c[1]] = c[2]
	}
	n.add(&m)
	return nil
}
