package lane

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// spareProcs is how many Ps the rest of the process has beside the lanes: one for
// what is done aside of the load, and one for the collector.
const spareProcs = 2

// Lanes is what the streams of one trial share. It is used for one trial.
type Lanes struct {
	epoch time.Time // of the lanes' clock
	all   []*Lane
	lead  bool
}

// New opens n lanes.
func New(n int) (*Lanes, error) { return newLanes(n, false) }

func newLanes(n int, old bool) (*Lanes, error) {
	if n < 1 {
		return nil, errors.New("lanes: want one or more")
	}
	ls := &Lanes{epoch: time.Now(), lead: onlineCPUs() > n}
	for range n {
		l := &Lane{lanes: ls, baton: make(chan struct{}, 1), in: make([]byte, readSize), plain: make([]byte, plainSize)}
		if ls.lead {
			l.lead.most = maxLead
		}
		if err := l.poller.open(old); err != nil {
			ls.Close()
			return nil, fmt.Errorf("open a lane: %w", err)
		}
		ls.all = append(ls.all, l)
	}
	return ls, nil
}

// Count is the number of lanes.
func (ls *Lanes) Count() int { return len(ls.all) }

// Procs sets GOMAXPROCS to what the lanes need, unless it is more already: a lane
// that waits holds its P, and without others nothing else would run.
func (ls *Lanes) Procs() {
	if want := len(ls.all) + spareProcs; runtime.GOMAXPROCS(0) < want {
		runtime.GOMAXPROCS(want)
	}
}

// Close ends the lanes, when no stream runs in them.
func (ls *Lanes) Close() {
	for _, l := range ls.all {
		l.mu.Lock()
		l.poller.close()
		l.mu.Unlock()
	}
}

// knock wakes the lane, unless it was closed. It may be called by any goroutine.
func (l *Lane) knock() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.poller.knocks >= 0 {
		l.poller.knock()
	}
}

// Lane is one thread's share of the load.
type Lane struct {
	lanes  *Lanes
	poller poller
	// baton is held by the goroutine that runs the lane: one of those that run the
	// streams' shares, which take turns.
	baton chan struct{}

	mu      sync.Mutex
	joining []*part // that the lane has not seen yet

	// What follows belongs to whoever holds the baton.
	parts      []*part // whose load is not over
	first      int     // of parts, the one that sends first in this turn
	conns      []*conn // by slot
	slots      []int32 // that are free
	generation int32   // of the newest connection
	more       []*conn // that have more to read than one turn allows

	now  time.Duration // newest reading of the lane's clock
	skew time.Duration // the wall clock, less the lane's
	busy busy
	lead lead

	in, plain []byte // what was received, and deciphered
	out       []byte // a request
}

// clock reads the lane's clock.
func (l *Lane) clock() time.Duration {
	l.now = time.Since(l.lanes.epoch)
	return l.now
}

// both reads the lane's clock and how far the wall clock is from it.
func (l *Lane) both() {
	t := time.Now()
	l.now = t.Sub(l.lanes.epoch)
	l.skew = time.Duration(t.UnixNano()) - l.now
}

// run runs the share of a stream, and those of other streams meanwhile, until it is
// over. Of several goroutines that do so one drives the lane; when its own share is
// over another one goes on.
func (l *Lane) run(p *part) {
	l.mu.Lock()
	l.joining = append(l.joining, p)
	l.mu.Unlock()
	l.knock()
	select {
	case <-p.done:
	case l.baton <- struct{}{}:
		l.drive(p)
		<-l.baton
	}
}

func (l *Lane) drive(p *part) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	sharpen()
	defer blunt()
	l.both()
	l.collect()
	for !p.over {
		l.turn()
	}
}

// collect takes in what other goroutines left: streams, connections, and the wish
// to end.
func (l *Lane) collect() {
	l.mu.Lock()
	for _, p := range l.joining {
		l.parts = append(l.parts, p)
		l.busy.begin(p.stream.zero)
	}
	l.joining = l.joining[:0]
	l.mu.Unlock()
	for _, p := range l.parts {
		p.collect()
	}
	l.sweep()
}
