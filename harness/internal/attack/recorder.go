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

// recorder turns ledger entries into counts and histograms. Entries are counted in
// books, by second. Once every request of a second has ended, even if requests of
// earlier seconds have not, the recorder keeps the bins of the second that have
// counts. It makes them into histograms of the log and the total only after the
// attack: compressing one histogram takes half a millisecond, and a second has up to
// a dozen. The memory therefore depends on how many requests are in flight and on
// how long the load lasts, not on the number of requests.
type recorder struct {
	cfg    *Config
	window struct{ start, end time.Duration }

	mu    sync.Mutex // guards the book of requests that are sent one by one
	one   *book      // that book; nil with lanes
	books []*book    // fixed before the load begins

	out    sync.Mutex // guards the fields below and the log; never locked while mu is held
	kept   []packed   // packed seconds in order
	bytes  int        // of the bins in kept
	most   int        // limit of bytes
	total  cells[*hdrhistogram.Histogram]
	phases []string    // of all books
	lags   []SecondLag // lags of the window's seconds
	err    error       // first failure to write

	// Of the newest complete second:
	newestKey int64
	begun     uint64
	newest    []bin // latencies of ok answers
}

// Live holds the figures of the latest complete second, for a progress display.
type Live struct {
	Rate float64       // requests per second: those that began in the second and have ended
	P99  time.Duration // of ok answers; 0 if there are none
}

func newRecorder(cfg *Config) *recorder {
	r := &recorder{cfg: cfg, most: mostPacked}
	r.window.start, r.window.end = cfg.Warmup, cfg.Warmup+cfg.Duration
	return r
}

// newBook opens a book. A lane uses its book without a lock.
func (r *recorder) newBook(mu sync.Locker) *book {
	b := newBook(r.cfg, mu)
	r.books = append(r.books, b)
	return b
}

// shared returns the book of requests that are sent one by one. It is called with mu
// held.
func (r *recorder) shared() *book {
	if r.one == nil {
		r.one = r.newBook(&r.mu)
	}
	return r.one
}

// open counts a request of an open load that is about to start. Calls come in the
// order of the schedule.
func (r *recorder) open(intended time.Duration) {
	r.mu.Lock()
	r.shared().open(intended)
	r.mu.Unlock()
}

// admit stamps the dispatch of a request of a closed load. It returns false if the
// window is over and the request must not be sent.
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

// record adds a finished request, whose start open has counted.
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

// partName returns the name of a part in the log. A server chooses the names of its
// phases, and such a name must not look like another part, or like the mark of the
// warm-up.
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

// finish writes what has not been written yet, and returns the result of the stream.
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

// result returns the result of the load. It is called with out held.
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

// Live returns the figures of the latest complete second.
func (r *recorder) Live() Live {
	r.out.Lock()
	begun, newest := r.begun, r.newest
	r.out.Unlock()
	return Live{Rate: float64(begun), P99: percentile(newest, 0.99)}
}
