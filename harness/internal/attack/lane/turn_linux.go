package lane

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// mostSends is the largest number of requests that are sent in one turn.
	mostSends = 32
	// mostReads is the largest number of reads from one connection in one turn.
	mostReads = 4
	// mostExpired is the largest number of requests of a share that are given up in one
	// turn.
	mostExpired = 1024

	readSize  = 64 << 10
	plainSize = 16 << 10
	// mostKept is the largest buffer for requests that is kept. The buffer of a longer
	// request is freed after it.
	mostKept = 1 << 20

	// longestWait is the longest single wait. Those who wait for the lane to stop, such as
	// the garbage collector, never wait longer.
	longestWait = 10 * time.Millisecond
	// exactWait is the longest wait that the kernel ends exactly. It may end longer waits
	// late by a thousandth of their length.
	exactWait = time.Millisecond
)

// never is later than every moment.
const never = time.Duration(math.MaxInt64)

// turn makes one turn: it sends, waits, reads, and gives up what is too late.
func (l *Lane) turn() {
	for n := range l.wait(l.send()) {
		switch e := &l.poller.events[n]; e.Fd {
		case timerEvent:
		case knockEvent:
			var count [8]byte
			_, _ = unix.Read(l.poller.knocks, count[:])
			l.collect()
		default:
			if c := l.conns[e.Fd]; c != nil && c.generation == e.Pad {
				c.event(e.Events)
			}
		}
	}
	for n := len(l.more); n > 0; n-- {
		c := l.more[0]
		l.more = append(l.more[:0], l.more[1:]...)
		if c.fd >= 0 {
			c.receive()
		}
	}
	ended := false
	for _, p := range l.parts {
		p.expire()
		ended = p.settle() || ended
	}
	if ended {
		l.sweep()
	}
}

// sweep removes the shares that are over.
func (l *Lane) sweep() {
	left := l.parts[:0]
	for _, p := range l.parts {
		if !p.over {
			left = append(left, p)
		}
	}
	clear(l.parts[len(left):])
	l.parts = left
}

// send sends the requests of all shares that are due, and returns when there is something
// to do again. The shares take turns in being the first.
func (l *Lane) send() (next time.Duration) {
	next = never
	if len(l.more) > 0 {
		next = l.now
	}
	n := len(l.parts)
	for i := range n {
		next = min(next, l.parts[(l.first+i)%n].send(max(1, mostSends/n)))
	}
	l.first++
	return next
}

// wait waits until the moment next, or until something arrives. It returns the number of
// events.
func (l *Lane) wait(next time.Duration) (n int) {
	begin := l.clock()
	if left := next - begin; left > 0 {
		lead := l.lead.before(left)
		d := min(left-lead, longestWait)
		if d > exactWait {
			d -= d / 256 // a second, shorter wait follows, which ends exactly
		}
		n = l.poller.wait(d)
		l.both()
		if n == 0 && d == left-lead {
			l.lead.learn(l.now <= next)
		}
		for n == 0 && l.now < next && next-l.now <= lead {
			n = l.poller.wait(0)
			l.both()
		}
	} else {
		n = l.poller.wait(0)
		l.both()
	}
	l.busy.wait(begin, l.now)
	return n
}

// maxLead is the longest lead. During the lead the lane watches the clock, and nobody else
// can use its CPU. Most machines need less.
const maxLead = 100 * time.Microsecond

// lead is how long before a request is due the lane wakes up. It is about as long as the
// kernel wakes the lane late; the lane spends the rest of the time watching the clock. It
// is adjusted after every wait. If every CPU has a lane, the lead is 0, because the server
// needs a CPU, too.
type lead struct{ now, most time.Duration }

// before returns the lead of a wait. A wait that is shorter than the lead is spent watching
// the clock as a whole: the kernel would end it too late.
func (l *lead) before(wait time.Duration) time.Duration { return min(l.now, wait) }

// learn adjusts the lead after a wait, so that the lane is in time in three of four waits.
func (l *lead) learn(inTime bool) {
	const step = time.Microsecond
	if inTime {
		l.now = max(l.now-step/2, 0)
	} else {
		l.now = min(l.now+3*step/2, l.most)
	}
}
