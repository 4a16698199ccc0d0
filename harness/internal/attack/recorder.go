package attack

import (
	"slices"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
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

	out     sync.Mutex         // guards the fields below and the log; never locked while mu is held
	kept    []packed           // packed seconds in order
	bytes   int                // of the bins in kept
	most    int                // limit of bytes
	total   cells[*binTotal]   // of all requests
	targets []cells[*binTotal] // by target, if there are several
	phases  []string           // of all books
	lags    []SecondLag        // lags of the window's seconds
	err     error              // first failure to write

	// Of the newest complete second:
	newestKey int64
	begun     uint64
	newest    []packedBins // latencies of ok answers
}

// Live holds the figures of the latest complete second, for a progress display.
type Live struct {
	Rate float64       // requests per second: those that began in the second and have ended
	P99  time.Duration // of ok answers; 0 if there are none
}

// newRecorder makes a recorder without requests.
func newRecorder(cfg *Config) *recorder {
	r := &recorder{cfg: cfg, most: mostPacked}
	r.window.start, r.window.end = cfg.Warmup, cfg.Warmup+cfg.Duration
	r.targets = make([]cells[*binTotal], len(cfg.Targets))
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
	r.with(func(b *book) bool { return b.record(e, o, failure) })
}

// step adds a step of a flow, whose start open has counted.
func (r *recorder) step(run *running, e *ledger.Entry, o Outcome, failure string) {
	r.with(func(b *book) bool { return b.step(run, e, o, failure) })
}

// flow adds a flow that has ended with a step.
func (r *recorder) flow(whole, last *ledger.Entry, o Outcome, failure string) {
	r.with(func(b *book) bool { return b.flow(whole, last, o, failure) })
}

// with calls add with the book of requests that are sent one by one. If add says that
// seconds are ready, they are packed.
func (r *recorder) with(add func(*book) (ready bool)) {
	r.mu.Lock()
	b := r.shared()
	ready := add(b)
	r.mu.Unlock()
	if ready {
		r.packReady(b)
	}
}

// headlinePart is the part that stands for the load: the response time under open load,
// the service time under closed load.
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

// Live returns the figures of the latest complete second.
func (r *recorder) Live() Live {
	r.out.Lock()
	begun, newest := r.begun, r.newest
	r.out.Unlock()
	var all []bin
	for _, bins := range newest {
		all = bins.bins(all)
	}
	return Live{Rate: float64(begun), P99: percentile(all, 0.99)}
}
