//go:build unix

package attack

import (
	"io"
	"net"
	"syscall"
)

// duplex is a connection on which a message leaves only when its answer is
// waited for. The one system call that this saves is the read before the answer
// is there, which every request of a net.Conn pays for.
//
// Writing and waiting are one step of the runtime's poller: it forgets what was
// ready before, the message leaves, and then it waits. So an answer cannot come
// unseen between the two.
type duplex struct {
	net.Conn
	raw  syscall.RawConn
	out  []byte // leaves with the next Read
	step func(fd uintptr) (done bool)

	// Of the step:
	sent int
	in   []byte
	n    int
	err  error
}

// maxOut bounds what is kept back: a longer message leaves as it is written.
const maxOut = 16 << 10

func newDuplex(c net.Conn) net.Conn {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return c
	}
	d := &duplex{Conn: c, raw: raw}
	d.step = d.writeThenRead
	return d
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

func (d *duplex) flush() error {
	_, err := d.Conn.Write(d.out)
	d.out = d.out[:0]
	return err
}

// Read writes what was kept, and reads.
func (d *duplex) Read(b []byte) (int, error) {
	if len(d.out) == 0 || len(b) == 0 {
		return d.Conn.Read(b)
	}
	d.sent, d.in, d.n, d.err = 0, b, 0, nil
	err := d.raw.Read(d.step)
	d.in = nil
	if err == nil {
		err = d.err
	}
	if err == nil && d.sent < len(d.out) { // the kernel's buffer is full
		d.out = append(d.out[:0], d.out[d.sent:]...)
		if err := d.flush(); err != nil {
			return 0, err
		}
		return d.Conn.Read(b)
	}
	d.out = d.out[:0]
	if err == nil && d.n == 0 {
		err = io.EOF
	}
	return d.n, err
}

func (d *duplex) writeThenRead(fd uintptr) (done bool) {
	if d.sent == 0 {
		n, err := again(syscall.Write, fd, d.out)
		d.sent = max(n, 0)
		if err == syscall.EAGAIN {
			err = nil
		}
		d.err = err
		return err != nil || d.sent < len(d.out)
	}
	n, err := again(syscall.Read, fd, d.in)
	if err == syscall.EAGAIN {
		return false
	}
	d.n, d.err = max(n, 0), err
	return true
}

// again repeats a call that a signal interrupted.
func again(call func(int, []byte) (int, error), fd uintptr, b []byte) (n int, err error) {
	for {
		if n, err = call(int(fd), b); err != syscall.EINTR {
			return n, err
		}
	}
}
