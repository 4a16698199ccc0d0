package attack

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/results"
)

// recorder turns ledger entries into counts and histograms. They are counted in
// books, by second. When every request of a second has ended, whatever those before
// it do, its bins that have counts are kept, and made into histograms of the log and
// the total after the attack: to compress one takes half a millisecond, and a second
// has up to a dozen. So memory depends on what is in flight and on how long the load
// lasts, not on how many requests there were.
type recorder struct {
	cfg    *Config
	window struct{ start, end time.Duration }

	mu    sync.Mutex // of the book that all share who go request by request
	one   *book      // that book; nil in lanes
	books []*book    // fixed before the load begins

	out    sync.Mutex // of what follows and the log; never taken while mu is held
	kept   []packed   // in their order
	bins   int        // in them
	most   int        // of them
	total  cells[*hdrhistogram.Histogram]
	phases []string    // of all books
	lags   []SecondLag // of the window
	err    error       // first failure to write

	// Of the newest complete second:
	newestKey int64
	begun     uint64
	newest    []bin // times of ok answers
}

// Live is what a progress display shows: the newest complete second.
type Live struct {
	Rate float64       // requests that began in it and have ended
	P99  time.Duration // of ok answers; 0: none
}

func newRecorder(cfg *Config) *recorder {
	r := &recorder{cfg: cfg, most: mostBins}
	r.window.start, r.window.end = cfg.Warmup, cfg.Warmup+cfg.Duration
	return r
}

// newBook opens a book. A lane keeps it without a lock.
func (r *recorder) newBook(mu sync.Locker) *book {
	b := newBook(r.cfg, mu)
	r.books = append(r.books, b)
	return b
}

// shared is the book of those who go request by request. It is called with mu held.
func (r *recorder) shared() *book {
	if r.one == nil {
		r.one = r.newBook(&r.mu)
	}
	return r.one
}

// open counts a request of an open load that is about to start. Calls come in
// the order of the schedule.
func (r *recorder) open(intended time.Duration) {
	r.mu.Lock()
	r.shared().open(intended)
	r.mu.Unlock()
}

// admit stamps the dispatch of a request of a closed load, or says that the
// window is over and it must not be sent.
func (r *recorder) admit(c *clock) (dispatch time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dispatch = c.now()
	if r.cfg.Duration > 0 && dispatch > r.window.end {
		return 0, false
	}
	r.shared().open(dispatch)
	return dispatch, true
}

// record adds a finished request, whose start was counted by open.
func (r *recorder) record(e *ledger.Entry, o Outcome, failure string) {
	r.mu.Lock()
	b := r.shared()
	ready := b.record(e, o, failure)
	r.mu.Unlock()
	if ready {
		r.packReady(b)
	}
}

func (r *recorder) headlinePart() int {
	if r.cfg.closed() {
		return partService
	}
	return partResponse
}

// partName is what a part is called in the log. What a server calls its phases
// must not be taken for a part of ours, or for the mark of the warm-up.
func partName(part int, phases []string) string {
	if part < partPhases {
		return partNames[part]
	}
	name := phases[part-partPhases]
	if name == "warmup" || slices.Contains(partNames[:], name) {
		return "server-" + name
	}
	return name
}

// finish writes what is left and returns the stream's result.
func (r *recorder) finish() (*results.StreamResult, error) {
	r.out.Lock()
	defer r.out.Unlock()
	all := sums{failures: map[string]uint64{}, lagMin: time.Hour}
	for _, b := range r.books {
		for _, key := range slices.Sorted(maps.Keys(b.seconds)) {
			r.pack(b, b.seconds[key])
		}
		all.add(&b.sums)
	}
	r.write(len(r.kept))
	res := r.result(&all)
	return res, r.err
}

// result is what is told of the load. It is called with out held.
func (r *recorder) result(n *sums) *results.StreamResult {
	res := &results.StreamResult{
		Model: results.ModelOpen, Window: r.cfg.Duration,
		Recorded: n.recorded, Completed: n.completed, CompletedOK: n.completedOK,
		Statuses: map[string]uint64{}, Errors: n.failures, Parts: map[string]results.Quantiles{},
		InFlight: n.inFlight, BytesIn: n.bytes,
	}
	for o, count := range n.outcomes {
		res.Outcomes.Add(Outcome(o), count)
	}
	for status, count := range n.statuses {
		if count > 0 {
			res.Statuses[strconv.Itoa(status)] = count
		}
	}
	if r.cfg.closed() {
		res.Model = results.ModelClosed
	}
	if r.cfg.Requests > 0 {
		res.Window = max(n.last-r.window.start, 0)
		res.InFlight = [3]uint64{}
	}
	if s := res.Window.Seconds(); s > 0 {
		res.Throughput, res.Goodput = float64(res.Completed)/s, float64(res.CompletedOK)/s
	}
	for part := range r.total {
		for o, h := range r.total[part] {
			if h != nil {
				res.Parts[results.PartOf(partName(part, r.phases), Outcome(o))] = results.Summarise(h, 0)
			}
		}
	}
	ok := r.total[r.headlinePart()][OK]
	if ok == nil {
		ok = results.NewHistogram()
	}
	res.Headline = results.Summarise(ok, n.outcomes[Timeout])
	if !r.cfg.closed() {
		if r.cfg.SLO > 0 {
			res.WithinSLO = &results.WithinSLO{Threshold: r.cfg.SLO, Count: n.slo}
		}
		res.Answered, res.Backlog = &n.answered, n.backlog
		res.GeneratorShares = shares(res, &n.share)
		if v, ok := res.GeneratorShares["p99"]; ok {
			res.GeneratorShare = &v
		}
	}
	if res.Recorded > 0 {
		res.LagMin, res.LagMax = n.lagMin.Seconds(), n.lagMax.Seconds()
	}
	return res
}

// Live returns the figures of the newest complete second.
func (r *recorder) Live() Live {
	r.out.Lock()
	begun, newest := r.begun, r.newest
	r.out.Unlock()
	return Live{Rate: float64(begun), P99: percentile(newest, 0.99)}
}
