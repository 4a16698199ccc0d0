//go:build unix

package attack

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// duplex is a connection on which a message leaves only when its answer is
// waited for. The one system call that this saves is the read before the answer
// is there, which every request of a net.Conn pays for.
//
// Writing and waiting are one step of the runtime's poller: it forgets what was
// ready before, the message leaves, and then it waits. So an answer cannot come
// unseen between the two. What came before the message can: a peer that has ended
// its side alone is not heard again. So a connection that was idle for long goes
// the plain way, and a step that hears nothing for a while looks. Where a server
// takes longer than that anyhow, there is nothing to gain, and it is the plain way
// at once.
//
// It tells when what was read was there, which may be long before: after a stall, a
// thousand answers are, and are read one after the other.
type duplex struct {
	net.Conn
	raw  syscall.RawConn
	out  []byte // leaves with the next Read
	step func(fd uintptr) (done bool)
	take func(fd uintptr) (done bool) // the second half of step

	deadline time.Time     // as it was asked for
	set      time.Time     // as the connection has it
	used     time.Duration // the end of the last Read, by uptime
	slow     bool          // that one heard nothing for longer than patience

	// Of the step:
	sent    int
	in      []byte
	n       int
	err     error
	arrival time.Time // of what was read last
	receiver
}

const (
	// maxOut bounds what is kept back: a longer message leaves as it is written.
	maxOut = 16 << 10
	// idleLong is how long a connection that goes the short way may have been
	// idle, and patience how long the step waits at least before it looks.
	idleLong = time.Millisecond
	patience = 50 * time.Millisecond
)

func newDuplex(c net.Conn) net.Conn {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return c
	}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
		// What fails here fails again when it is used. From elsewhere packets come
		// out of order, and the stamp of the last one is not of when all were there.
		_ = raw.Control(func(fd uintptr) { stampArrivals(fd) })
	}
	d := &duplex{Conn: c, raw: raw}
	d.step, d.take = d.writeThenRead, d.read
	return d
}

// SetDeadline is that of what follows.
func (d *duplex) SetDeadline(t time.Time) error {
	d.deadline = t
	return nil
}

// until sets the deadline of the next operation.
func (d *duplex) until(t time.Time) error {
	if t.Equal(d.set) {
		return nil
	}
	d.set = t
	return d.Conn.SetDeadline(t)
}

// Write keeps b for the next Read.
func (d *duplex) Write(b []byte) (int, error) {
	if len(d.out)+len(b) <= maxOut {
		d.out = append(d.out, b...)
		return len(b), nil
	}
	if err := d.flush(); err != nil {
		return 0, err
	}
	return d.Conn.Write(b)
}

// flush writes what was kept, the plain way.
func (d *duplex) flush() error {
	if err := d.until(d.deadline); err != nil || len(d.out) == 0 {
		return err
	}
	_, err := d.Conn.Write(d.out)
	d.out = d.out[:0]
	return err
}

// Read writes what was kept, and reads.
func (d *duplex) Read(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	now := uptime()
	d.n, d.err, d.in = 0, nil, b
	if len(d.out) > 0 && now-d.used < idleLong && !d.slow {
		err = d.short(now)
	} else {
		err = d.plain()
	}
	d.in = nil
	switch {
	case err == nil && d.err != nil:
		err = d.err
	case err == nil && d.n == 0:
		err = io.EOF
	}
	if err != nil {
		d.used = uptime()
	}
	d.slow = d.used-now > patience
	return d.n, err
}

func (d *duplex) plain() error {
	if err := d.flush(); err != nil {
		return err
	}
	return d.raw.Read(d.take)
}

func (d *duplex) short(now time.Duration) error {
	// To set a deadline costs more than to keep one that comes somewhat later. After
	// it there has to be time to dial again.
	limit, latest := d.set, d.deadline.Add(-patience/4)
	if left := limit.Sub(loaded) - now; left < patience || left > 2*patience || limit.After(latest) {
		limit = loaded.Add(now + 2*patience)
		if limit.After(latest) {
			limit = loaded.Add(now + patience)
		}
		if limit.After(latest) {
			limit = d.deadline
		}
		if err := d.until(limit); err != nil {
			return err
		}
	}
	d.sent = 0
	err := d.raw.Read(d.step)
	if errors.Is(err, os.ErrDeadlineExceeded) && !limit.Equal(d.deadline) || err == nil && d.err == nil && d.sent < len(d.out) {
		// It heard nothing yet, or the kernel's buffer is full.
		d.out = append(d.out[:0], d.out[d.sent:]...)
		return d.plain()
	}
	d.out = d.out[:0]
	return err
}

func (d *duplex) writeThenRead(fd uintptr) (done bool) {
	if d.sent == 0 {
		n, err := write(fd, d.out)
		d.sent = max(n, 0)
		if err == syscall.EAGAIN {
			err = nil
		}
		d.err = err
		return err != nil || d.sent < len(d.out)
	}
	return d.read(fd)
}

func (d *duplex) read(fd uintptr) (done bool) {
	n, now, age, err := d.receive(fd, d.in)
	if err == syscall.EAGAIN {
		return false
	}
	d.n, d.err = n, err
	d.used, d.arrival = now.Sub(loaded), now.Add(-age)
	return true
}

// arrived is when the last byte of what was read last came in.
func (d *duplex) arrived() time.Time { return d.arrival }

// loaded is when this program was.
var loaded = time.Now()

// uptime is the time since then: half of time.Now, which reads two clocks.
func uptime() time.Duration { return time.Since(loaded) }

// write repeats what a signal interrupted.
func write(fd uintptr, b []byte) (n int, err error) {
	for {
		if n, err = syscall.Write(int(fd), b); err != syscall.EINTR {
			return n, err
		}
	}
}
