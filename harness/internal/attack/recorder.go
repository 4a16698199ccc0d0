package attack

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/assay-bench/assay/results"
)

// entry is one line of the ledger.
type entry struct {
	intended, dispatch, firstWrite, lastByte time.Duration

	outcome Outcome
	status  int    // 0: no answer
	failure string // why there is none, or why it cannot be read
	bytes   int
	phases  []phase // from Server-Timing
}

// phase is a part of the service time that the server reports.
type phase struct {
	name string
	took time.Duration
}

// Parts of the ledger, in the order of their tags.
const (
	partResponse = iota
	partService
	partLag
	partConnWait
	partPhases // server phases from here on
)

// maxPhases bounds the server phases that are kept, so that a server which
// makes names up cannot fill the memory.
const maxPhases = 8

var partNames = [partPhases]string{results.PartResponse, results.PartService, results.PartLag, results.PartConnWait}

// cells are something by part and outcome.
type cells[T any] [partPhases + maxPhases][outcomes]T

// second collects the requests meant to start within one second.
type second struct {
	key    int64
	open   int // started and not recorded yet
	cells  cells[*tally]
	warmup bool
}

// recorder turns ledger entries into counts and histograms. They are counted by
// second. When every request of a second has ended, whatever those before it do, its
// bins that have counts are kept, and made into histograms of the log and the total
// after the attack: to compress one takes half a millisecond, and a second has up to
// a dozen. So memory depends on what is in flight and on how long the load lasts, not
// on how many requests there were.
type recorder struct {
	mu     sync.Mutex
	cfg    *Config
	window struct{ start, end time.Duration }

	seconds map[int64]*second
	next    int64         // first second in which requests may yet start
	horizon time.Duration // intended moment of the newest request
	ready   []*second     // ended, and not packed yet
	free    []*tally
	phases  []string

	underWay atomic.Int64 // open load: started and not recorded

	out   sync.Mutex // of what follows and the log; never taken while mu is held
	kept  []packed   // in their order
	bins  int        // in them
	most  int        // of them
	total cells[*hdrhistogram.Histogram]
	err   error // first failure to write

	res      results.StreamResult
	outcomes [outcomes]uint64
	statuses map[int]uint64
	thirds   [3]time.Duration
	lagMin   time.Duration
	lagMax   time.Duration
	last     time.Duration // latest completion of a recorded request
	slo      uint64
	share    shareSketch

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
	r := &recorder{cfg: cfg, seconds: map[int64]*second{}, lagMin: time.Hour, most: mostBins}
	r.window.start, r.window.end = cfg.Warmup, cfg.Warmup+cfg.Duration
	for i := range r.thirds {
		r.thirds[i] = cfg.Warmup + cfg.Duration*time.Duration(i+1)/3
	}
	r.statuses = map[int]uint64{}
	r.res.Statuses = map[string]uint64{}
	r.res.Errors = map[string]uint64{}
	return r
}

// open counts a request of an open load that is about to start. Calls come in
// the order of the schedule.
func (r *recorder) open(intended time.Duration) {
	r.mu.Lock()
	r.horizon = intended
	r.at(intended).open++
	r.mu.Unlock()
	r.underWay.Add(1)
}

// few tells whether few requests of an open load are under way.
func (r *recorder) few() bool { return r.underWay.Load() <= 4 }

// admit stamps the dispatch of a request of a closed load, or says that the
// window is over and it must not be sent.
func (r *recorder) admit(c *clock) (dispatch time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dispatch = c.now()
	if r.cfg.Duration > 0 && dispatch > r.window.end {
		return 0, false
	}
	r.horizon = dispatch
	r.at(dispatch).open++
	return dispatch, true
}

// key numbers the intervals. Warm-up and window never share one: the second in
// which the warm-up ends is kept as two.
func (r *recorder) key(intended time.Duration) int64 {
	n := 2 * int64(intended/time.Second)
	if intended >= r.window.start {
		n++
	}
	return n
}

func (r *recorder) at(intended time.Duration) *second {
	key := r.key(intended)
	s := r.seconds[key]
	if s == nil {
		s = &second{key: key, warmup: intended < r.window.start}
		r.seconds[key] = s
	}
	return s
}

// record adds a finished request, whose start was counted by open.
func (r *recorder) record(e *entry) {
	r.mu.Lock()
	s := r.at(e.intended)
	s.open--
	r.underWay.Add(-1)

	closed := r.cfg.closed()
	service := e.lastByte - e.firstWrite
	r.add(s, partService, e.outcome, service)
	r.add(s, partConnWait, e.outcome, e.firstWrite-e.dispatch)
	if !closed {
		r.add(s, partResponse, e.outcome, e.lastByte-e.intended)
		r.add(s, partLag, e.outcome, e.dispatch-e.intended)
	}
	for _, p := range e.phases {
		if i := r.phase(p.name); i >= 0 {
			r.add(s, partPhases+i, e.outcome, p.took)
		}
	}
	r.count(e, s.warmup)
	ended := r.ended(s)
	r.ready = append(r.ready, ended...)
	r.mu.Unlock()
	if len(ended) > 0 {
		r.packReady()
	}
}

func (r *recorder) add(s *second, part int, o Outcome, v time.Duration) {
	t := &s.cells[part][o]
	if *t == nil {
		*t = r.unused()
	}
	// A value beyond an hour cannot be: the deadline is far below.
	(*t).add(v)
}

// unused returns an empty tally.
func (r *recorder) unused() *tally {
	n := len(r.free)
	if n == 0 {
		return newTally()
	}
	t := r.free[n-1]
	r.free = r.free[:n-1]
	return t
}

func (r *recorder) phase(name string) int {
	for i, p := range r.phases {
		if p == name {
			return i
		}
	}
	if len(r.phases) == maxPhases {
		return -1
	}
	r.phases = append(r.phases, name)
	return len(r.phases) - 1
}

// count updates the numbers that are not histograms.
func (r *recorder) count(e *entry, warmup bool) {
	lag := e.dispatch - e.intended
	r.lagMin, r.lagMax = min(r.lagMin, lag), max(r.lagMax, lag)

	// Completions are counted by when they came, those of requests from the
	// warm-up included: what enters the window unfinished makes up for what
	// leaves it so. A burst has no such exchange.
	inside := e.lastByte >= r.window.start && e.lastByte <= r.window.end
	if r.cfg.Requests > 0 {
		inside = !warmup
	}
	if inside && e.outcome != Timeout {
		r.res.Completed++
		if e.outcome == OK {
			r.res.CompletedOK++
		}
	}
	for i, t := range r.thirds {
		if e.intended <= t && e.lastByte > t {
			r.res.InFlight[i]++
		}
	}
	if warmup {
		return
	}
	r.res.Recorded++
	r.outcomes[e.outcome]++
	if e.status > 0 {
		r.statuses[e.status]++
	}
	if e.failure != "" {
		r.res.Errors[e.failure]++
	}
	r.res.BytesIn += uint64(e.bytes)
	r.last = max(r.last, e.lastByte)
	if response := e.lastByte - e.intended; e.outcome == OK {
		if response <= r.cfg.SLO {
			r.slo++
		}
		r.share.add(response, lag)
	}
}

// ended takes out the seconds that have ended: no more requests can start in
// them, and none is under way. Last is that of the request which just did.
func (r *recorder) ended(last *second) (all []*second) {
	for current := r.key(r.horizon); r.next < current; r.next++ {
		if s := r.seconds[r.next]; s != nil && s != last && s.open == 0 {
			all = append(all, s)
		}
	}
	if last.key < r.next && last.open == 0 {
		all = append(all, last)
	}
	for _, s := range all {
		delete(r.seconds, s.key)
	}
	return all
}

// oldest is the first second that is not kept yet.
func (r *recorder) oldest() int64 {
	first := r.next
	for key := range r.seconds {
		first = min(first, key)
	}
	for _, s := range r.ready {
		first = min(first, s.key)
	}
	return first
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
	for _, key := range slices.Sorted(maps.Keys(r.seconds)) {
		r.pack(r.seconds[key])
	}
	r.write(len(r.kept))
	r.mu.Lock()
	defer r.mu.Unlock()
	res := &r.res
	for o, n := range r.outcomes {
		res.Outcomes.Add(Outcome(o), n)
	}
	for status, n := range r.statuses {
		res.Statuses[strconv.Itoa(status)] = n
	}
	res.Model = results.ModelOpen
	if r.cfg.closed() {
		res.Model = results.ModelClosed
	}
	res.Window = r.cfg.Duration
	if r.cfg.Requests > 0 {
		res.Window = max(r.last-r.window.start, 0)
		res.InFlight = [3]uint64{}
	}
	if s := res.Window.Seconds(); s > 0 {
		res.Throughput, res.Goodput = float64(res.Completed)/s, float64(res.CompletedOK)/s
	}
	res.Parts = map[string]results.Quantiles{}
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
	res.Headline = results.Summarise(ok, r.outcomes[Timeout])
	if !r.cfg.closed() {
		if r.cfg.SLO > 0 {
			res.WithinSLO = &results.WithinSLO{Threshold: r.cfg.SLO, Count: r.slo}
		}
		if p99 := res.Headline.At(0.99); p99 != nil {
			res.GeneratorShare = r.share.median(time.Duration(*p99))
		}
	}
	if res.Recorded > 0 {
		res.LagMin, res.LagMax = r.lagMin.Seconds(), r.lagMax.Seconds()
	}
	return res, r.err
}

// Live returns the figures of the newest complete second.
func (r *recorder) Live() Live {
	r.mu.Lock()
	begun, newest := r.begun, r.newest
	r.mu.Unlock()
	return Live{Rate: float64(begun), P99: percentile(newest, 0.99)}
}
