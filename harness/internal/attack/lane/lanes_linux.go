package lane

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// spareProcs is the number of Ps that the process has besides those of the lanes: one for
// the goroutines that open connections, and one for the garbage collector.
const spareProcs = 2

// Lanes are the lanes that the streams of one trial share. They are used for one trial.
type Lanes struct {
	epoch time.Time // the zero of the lanes' clock
	all   []*Lane
	lead  bool // lanes may watch the clock before a request, because a CPU is free
}

// New opens n lanes.
func New(n int) (*Lanes, error) { return newLanes(n, false) }

// newLanes opens n lanes. With old they do not use epoll_pwait2, as on kernels that do not
// have it.
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

// Procs raises GOMAXPROCS to what the lanes need. A lane that waits keeps its P, so without
// further Ps nothing else in the process would run.
func (ls *Lanes) Procs() {
	if want := len(ls.all) + spareProcs; runtime.GOMAXPROCS(0) < want {
		runtime.GOMAXPROCS(want)
	}
}

// Close closes the lanes. No stream may be running in them.
func (ls *Lanes) Close() {
	for _, l := range ls.all {
		l.mu.Lock()
		l.poller.close()
		l.mu.Unlock()
	}
}

// knock wakes the lane, unless it is closed. Any goroutine may call it.
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
	// Every stream has a goroutine that runs its share in the lane. baton is held by the
	// one of them that drives the lane at the moment.
	baton chan struct{}

	mu      sync.Mutex
	joining []*part // shares that the lane has not seen yet

	// The fields below belong to the goroutine that holds the baton.
	parts      []*part // shares that are not over
	first      int     // index of the share that sends first in this turn
	conns      []*conn // connections by slot
	slots      []int32 // free slots
	generation int32   // generation of the newest connection
	more       []*conn // connections with more to read than one turn allows

	now  time.Duration // latest reading of the lane's clock
	skew time.Duration // difference between the wall clock and the lane's clock
	busy busy
	lead lead

	in, plain []byte // buffers for what is received, and for what is deciphered
	out       []byte // buffer for a request
}

// clock reads the lane's clock.
func (l *Lane) clock() time.Duration {
	l.now = time.Since(l.lanes.epoch)
	return l.now
}

// both reads the lane's clock, and the difference between the wall clock and it.
func (l *Lane) both() {
	t := time.Now()
	l.now = t.Sub(l.lanes.epoch)
	l.skew = time.Duration(t.UnixNano()) - l.now
}

// run runs the share of a stream until it is over. If several streams have shares in the
// lane, one of their goroutines drives the lane for all of them. When the share of that
// goroutine is over, another goroutine takes the baton.
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

// drive runs turns of the lane until a share is over.
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

// collect takes over what other goroutines have left for the lane: new shares, opened
// connections, and requests to stop.
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
