package lane

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// mostSends bounds what is sent in one turn.
	mostSends = 32
	// mostReads bounds what is read from one connection in one turn.
	mostReads = 4
	// mostExpired bounds how many requests are given up in one turn.
	mostExpired = 1024

	readSize  = 64 << 10
	plainSize = 16 << 10
	// mostKept bounds the memory of a long request that is kept for others.
	mostKept = 1 << 20

	// longestWait bounds one wait, for whoever waits until it has ended.
	longestWait = 10 * time.Millisecond
	// exactWait is the longest wait that the system ends exactly: it may be late by
	// a thousandth of the time that it waits.
	exactWait = time.Millisecond
)

// never is later than every moment.
const never = time.Duration(math.MaxInt64)

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

// sweep forgets the shares that are over.
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

// send sends what is due, and returns when there is something to do again.
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

// wait waits until the moment next, or until something comes: then it returns how
// many events there are.
func (l *Lane) wait(next time.Duration) (n int) {
	begin := l.clock()
	if left := next - begin; left > 0 {
		lead := l.lead.before(left)
		d := min(left-lead, longestWait)
		if d > exactWait {
			d -= d / 256 // then once more
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

// maxLead bounds the lead, and so the time for which the clock is watched before a
// request, which nobody else on its CPU can use. Most machines need less.
const maxLead = 100 * time.Microsecond

// lead is how much before a request is due the lane wakes up: about as much as the
// system wakes it late. For the rest it watches the clock. It is learnt from every
// wait; where all CPUs have lanes there is none, since the server needs one.
type lead struct{ now, most time.Duration }

// before is the lead of a wait. Half of a wait stays for everybody else.
func (l *lead) before(wait time.Duration) time.Duration { return min(l.now, wait/2) }

// learn takes in whether the lane was in time: three times of four it is to be.
func (l *lead) learn(inTime bool) {
	const step = time.Microsecond
	if inTime {
		l.now = max(l.now-step/2, 0)
	} else {
		l.now = min(l.now+3*step/2, l.most)
	}
}
