package attack

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/results"
)

// Parts of the ledger, in the order of their tags.
const (
	partResponse = iota
	partService
	partLag
	partConnWait
	partHandling
	partDial
	partHandshake
	partPhases // server phases from here on
)

// maxPhases bounds the server phases that are kept, so that a server which
// makes names up cannot fill the memory.
const maxPhases = 8

var partNames = [partPhases]string{
	results.PartResponse, results.PartService, results.PartLag, results.PartConnWait,
	results.PartHandling, results.PartDial, results.PartHandshake,
}

// cells hold one value for each part and outcome.
type cells[T any] [partPhases + maxPhases][outcomes]T

// second collects the requests meant to start within one second.
type second struct {
	key    int64
	open   int              // started and not recorded yet
	cells  []*cells[*tally] // by target; nil: it has no request yet
	warmup bool
}

// book counts requests by second, as they begin and end. Each lane has a book of its own,
// which needs no lock because one goroutine writes it. The engine that works request by
// request has one book for all requests.
type book struct {
	mu     sync.Locker
	cfg    *Config
	window struct{ start, end time.Duration }
	thirds [3]time.Duration

	seconds map[int64]*second
	newest  *second       // looked at last
	next    int64         // first second in which requests may yet start
	horizon time.Duration // intended moment of the newest request
	emptied int64         // second in which seconds with flows under way were packed last
	ready   []*second     // ended, and not packed yet
	free    []*tally
	phases  []string
	oldest  atomic.Int64 // first second that is not packed

	sums []sums // by target
}

// sums are the numbers of one target that are not histograms.
type sums struct {
	recorded, completed, completedOK, answered, backlog, bytes, slo uint64

	outcomes [outcomes]uint64
	inFlight [3]uint64
	statuses [1000]uint64
	failures map[string]uint64
	wrong    map[string]results.WrongAnswer // by reason
	lagMin   time.Duration
	lagMax   time.Duration
	last     time.Duration // latest completion of a recorded request
	share    shareSketch
	numbers  Numbers // of all requests, warm-up included
}

// nobody is the lock of a book that only one goroutine uses: it does nothing.
type nobody struct{}

// Lock does nothing.
func (nobody) Lock() {}

// Unlock does nothing.
func (nobody) Unlock() {}

// newBook makes a book without requests. The thirds end at a third, at two thirds and
// at the end of the window.
func newBook(cfg *Config, mu sync.Locker) *book {
	b := &book{mu: mu, cfg: cfg, seconds: map[int64]*second{}}
	b.window.start, b.window.end = cfg.Warmup, cfg.Warmup+cfg.Duration
	for i := range b.thirds {
		b.thirds[i] = cfg.Warmup + cfg.Duration*time.Duration(i+1)/3
	}
	for range cfg.kinds() {
		b.sums = append(b.sums, newSums())
	}
	return b
}

// newSums makes sums of no request: any lag is below the lowest one.
func newSums() sums {
	return sums{failures: map[string]uint64{}, wrong: map[string]results.WrongAnswer{}, lagMin: time.Hour}
}

// open counts a request that is about to start. Calls come in the order of the
// intended moments.
func (b *book) open(intended time.Duration) {
	b.horizon = intended
	b.at(intended).open++
}

// keyOf returns the number of the interval that a moment belongs to. An interval is a
// second, except that the second in which the warm-up ends is divided into two: no
// interval contains requests of both the warm-up and the window.
func (b *book) keyOf(intended time.Duration) int64 {
	n := 2 * int64(intended/time.Second)
	if intended >= b.window.start {
		n++
	}
	return n
}

// at returns the second of a moment. Most requests belong to the same second as the one
// before, so that second is tried first.
func (b *book) at(intended time.Duration) *second {
	key := b.keyOf(intended)
	if s := b.newest; s != nil && s.key == key {
		return s
	}
	s := b.seconds[key]
	if s == nil {
		s = &second{key: key, warmup: intended < b.window.start, cells: make([]*cells[*tally], len(b.sums))}
		b.seconds[key] = s
	}
	b.newest = s
	return s
}

// record adds a finished request, whose start was counted by open. It tells whether
// seconds are ready to be packed.
func (b *book) record(e *ledger.Entry, o Outcome, failure string) (ready bool) {
	s := b.at(e.Intended)
	b.enter(s, b.cfg.kind(e.Seq), e, o, failure, b.cfg.Blank)
	return b.close(s)
}

// close counts the end of a request, or of a flow, that began in a second.
func (b *book) close(s *second) (ready bool) {
	s.open--
	b.end(s)
	return len(b.ready) > 0
}

// enter counts a request under its target. blank removes secrets from an example.
func (b *book) enter(s *second, kind int, e *ledger.Entry, o Outcome, failure string, blank func(string) string) {
	c := s.cells[kind]
	if c == nil {
		c = new(cells[*tally])
		s.cells[kind] = c
	}
	b.add(c, partService, o, e.LastByte-e.FirstWrite)
	b.add(c, partConnWait, o, e.FirstWrite-e.Dispatch)
	if !b.cfg.closed() {
		b.add(c, partResponse, o, e.LastByte-e.Intended)
		b.add(c, partLag, o, e.Dispatch-e.Intended)
	}
	if e.Handled > 0 {
		b.add(c, partHandling, o, e.Handled-e.LastByte)
	}
	if e.Dial > 0 {
		b.add(c, partDial, o, e.Dial)
	}
	if e.Handshake > 0 {
		b.add(c, partHandshake, o, e.Handshake)
	}
	for _, p := range e.Phases {
		if i := b.phase(p.Name); i >= 0 {
			b.add(c, partPhases+i, o, p.Took)
		}
	}
	n := &b.sums[kind]
	b.count(n, e, o, s.warmup)
	if failure != "" && !s.warmup {
		n.failures[failure]++
		n.example(failure, e, blank)
	}
}

// add counts a value of a part of a request.
func (b *book) add(c *cells[*tally], part int, o Outcome, v time.Duration) {
	t := &c[part][o]
	if *t == nil {
		*t = b.unused()
	}
	// No value exceeds the hour that a histogram can hold, because every deadline is far
	// below it.
	(*t).add(v)
}

// unused returns an empty tally.
func (b *book) unused() *tally {
	n := len(b.free)
	if n == 0 {
		return newTally()
	}
	t := b.free[n-1]
	b.free = b.free[:n-1]
	return t
}

// phase returns the index of a phase of the server, or -1 if there are too many of
// them.
func (b *book) phase(name string) int {
	for i, p := range b.phases {
		if p == name {
			return i
		}
	}
	if len(b.phases) == maxPhases {
		return -1
	}
	b.phases = append(b.phases, name)
	return len(b.phases) - 1
}

// count updates the numbers of a target that are not histograms.
func (b *book) count(n *sums, e *ledger.Entry, o Outcome, warmup bool) {
	n.numbers.add(b.cfg.number(e.Seq), b.cfg.Slice)
	lag := e.Dispatch - e.Intended
	n.lagMin, n.lagMax = min(n.lagMin, lag), max(n.lagMax, lag)

	// Under open load, a request of the warm-up that is answered in the window is counted
	// separately, because the rate that was offered in the window does not include it.
	// Under closed load no rate is offered: the requests that are under way when the
	// window begins make up for those that are under way when it ends. A burst ends with
	// its last answer, so nothing would make up for such requests.
	inside := e.LastByte >= b.window.start && e.LastByte <= b.window.end
	if b.cfg.Requests > 0 {
		inside = !warmup
	}
	open := !b.cfg.closed()
	if open && warmup && e.LastByte >= b.window.start && e.Intended < b.window.start {
		n.backlog++
	}
	if inside && o != Timeout {
		n.answered++
		if !open || !warmup {
			n.completed++
			if o == OK {
				n.completedOK++
			}
		}
	}
	for i, t := range b.thirds {
		if e.Intended <= t && e.LastByte > t {
			n.inFlight[i]++
		}
	}
	if warmup {
		return
	}
	n.recorded++
	n.outcomes[o]++
	if e.Status > 0 {
		n.statuses[min(e.Status, len(n.statuses)-1)]++
	}
	n.bytes += uint64(e.Bytes)
	n.last = max(n.last, e.LastByte)
	if response := e.LastByte - e.Intended; o == OK {
		if response <= b.cfg.SLO {
			n.slo++
		}
		if !b.cfg.closed() {
			n.share.add(response, lag)
		}
	}
}

// end takes out the seconds that have ended. A second has ended if no further request can
// start in it and none of its requests is under way. last is the second of the request
// that has just ended.
func (b *book) end(last *second) {
	for current := b.keyOf(b.horizon); b.next < current; b.next++ {
		if s := b.seconds[b.next]; s != nil && s != last && s.open == 0 {
			b.take(s)
		}
	}
	if last.key < b.next && last.open == 0 {
		b.take(last)
	}
}

// take moves a second that has ended to those that are to be packed.
func (b *book) take(s *second) {
	delete(b.seconds, s.key)
	if b.newest == s {
		b.newest = nil
	}
	b.ready = append(b.ready, s)
}

// tell publishes, for other goroutines, the first second that is not packed yet.
func (b *book) tell() {
	first := b.next
	for key := range b.seconds {
		first = min(first, key)
	}
	for _, s := range b.ready {
		first = min(first, s.key)
	}
	b.oldest.Store(first)
}

// add joins the sums of another book.
func (n *sums) add(m *sums) {
	n.recorded += m.recorded
	n.completed += m.completed
	n.completedOK += m.completedOK
	n.answered += m.answered
	n.backlog += m.backlog
	n.bytes += m.bytes
	n.slo += m.slo
	for i := range n.outcomes {
		n.outcomes[i] += m.outcomes[i]
	}
	for i := range n.inFlight {
		n.inFlight[i] += m.inFlight[i]
	}
	for i := range n.statuses {
		n.statuses[i] += m.statuses[i]
	}
	for name, k := range m.failures {
		n.failures[name] += k
	}
	n.addExamples(m)
	n.lagMin, n.lagMax, n.last = min(n.lagMin, m.lagMin), max(n.lagMax, m.lagMax), max(n.last, m.last)
	n.share.join(&m.share)
	n.numbers.join(&m.numbers)
}
