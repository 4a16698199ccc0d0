package lane

import (
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mostEvents is the largest number of events that are read in one turn.
const mostEvents = 64

// Values of the field Fd of events that do not belong to a connection.
const (
	knockEvent = -1 - iota
	timerEvent
)

// poller makes the system calls of a lane: it waits, reads and writes. The calls are raw,
// so the Go runtime does not notice them (see the comment of the package). All structures
// that the calls need are fields of the poller, so that no call allocates.
type poller struct {
	epoll, knocks int
	timer         int // a timerfd on kernels without epoll_pwait2; otherwise -1
	events        [mostEvents]unix.EpollEvent
	span          unix.Timespec
	alarm         unix.ItimerSpec

	msg   unix.Msghdr
	into  unix.Iovec
	about [64]byte // room for one control message: a header and two 64-bit numbers

	info     unix.TCPInfo
	infoSize uint32
}

// open opens the descriptors of the poller. With old it does not use epoll_pwait2.
func (p *poller) open(old bool) (err error) {
	p.epoll, p.knocks, p.timer = -1, -1, -1
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if p.knocks, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return err
	}
	if err = p.watch(p.knocks, knockEvent, 0, unix.EPOLLIN); err != nil {
		return err
	}
	if _, errno := p.pwait2(0); errno != unix.ENOSYS && !old {
		return nil
	}
	if p.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		return err
	}
	return p.watch(p.timer, timerEvent, 0, unix.EPOLLIN)
}

// close closes the descriptors.
func (p *poller) close() {
	for _, fd := range []*int{&p.timer, &p.knocks, &p.epoll} {
		if *fd >= 0 {
			_ = unix.Close(*fd)
			*fd = -1
		}
	}
}

// watch asks for edge-triggered events of a descriptor. They carry a slot and a generation.
func (p *poller) watch(fd int, slot, generation int32, events uint32) error {
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events | unix.EPOLLET, Fd: slot, Pad: generation})
}

// knock ends the wait of the lane.
func (p *poller) knock() {
	one := [8]byte{}
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(p.knocks, one[:])
}

// sharpen lets this thread wake on time. It sets the timer slack to 1 ns: the kernel's
// default lets a thread wake up to 50 µs late. It also asks for short slices of CPU time: a
// thread that wakes then takes the CPU from one with longer slices at once, instead of
// waiting until that one's slice of a millisecond or more is over. Its share of the CPU stays
// the same. Failures are ignored, because waits are then only less exact.
func sharpen() {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	setSlice(shortSlice)
}

// blunt restores the defaults of the thread.
func blunt() {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0)
	setSlice(0)
}

// shortSlice is the shortest slice that the kernel gives.
const shortSlice = 100 * time.Microsecond

// setSlice sets the slice of CPU time of this thread; 0 is the kernel's default. Before Linux
// 6.12 nothing happens, and neither where the user has chosen another way of scheduling.
func setSlice(d time.Duration) {
	a, err := unix.SchedGetAttr(0, 0)
	if err != nil || a.Policy != unix.SCHED_NORMAL {
		return
	}
	a.Runtime = uint64(d)
	_ = unix.SchedSetAttr(0, a, 0)
}

// wait waits for events, at most for d, and returns their number. A wait that a signal
// interrupts ends early.
func (p *poller) wait(d time.Duration) int {
	if p.timer >= 0 && d > 0 {
		return p.waitTimer(d)
	}
	n, errno := p.pwait2(d)
	if errno == unix.ENOSYS {
		n, errno = p.pwait(0)
	}
	if errno != 0 {
		return 0
	}
	return n
}

//go:noinline
func (p *poller) pwait2(d time.Duration) (n int, errno unix.Errno) {
	p.span = unix.NsecToTimespec(int64(d))
	r, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.epoll), uintptr(unsafe.Pointer(&p.events[0])), mostEvents, uintptr(unsafe.Pointer(&p.span)), 0, 0)
	return int(r), errno
}

//go:noinline
func (p *poller) pwait(ms int) (n int, errno unix.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epoll), uintptr(unsafe.Pointer(&p.events[0])), mostEvents, uintptr(ms), 0, 0)
	return int(r), errno
}

// waitTimer waits with a timer among the watched descriptors, because before version 5.11
// of Linux epoll could only wait for whole milliseconds. If the timer does not start, it
// waits for a millisecond.
func (p *poller) waitTimer(d time.Duration) int {
	p.alarm.Value = unix.NsecToTimespec(int64(d))
	ms := -1
	if _, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(p.timer), 0, uintptr(unsafe.Pointer(&p.alarm)), 0, 0, 0); errno != 0 {
		ms = 1
	}
	n, errno := p.pwait(ms)
	if errno != 0 {
		return 0
	}
	return n
}

// send writes as many bytes as the kernel takes at once. If it takes none, n is 0 and errno
// is EAGAIN.
func send(fd int, b []byte) (n int, errno unix.Errno) {
	sending()
	for {
		r, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(r), 0
		case unix.EINTR:
			continue
		}
		return 0, errno
	}
}

// receive reads what has arrived. stamp is when the last byte of it arrived, in nanoseconds
// of the wall clock, or 0 if the kernel did not stamp it.
func (p *poller) receive(fd int, b []byte) (n int, stamp int64, errno unix.Errno) {
	p.into.Base = &b[0]
	p.into.SetLen(len(b))
	for {
		p.msg = unix.Msghdr{Iov: &p.into, Control: &p.about[0]}
		p.msg.SetIovlen(1)
		p.msg.SetControllen(len(p.about))
		r, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&p.msg)), unix.MSG_DONTWAIT)
		switch errno {
		case 0:
			received()
			return int(r), p.stamp(), 0
		case unix.EINTR:
			continue
		}
		return 0, 0, errno
	}
}

// stamp reads the one control message that was asked for.
func (p *poller) stamp() int64 {
	const size = unix.SizeofCmsghdr + 16
	if p.msg.Controllen < size {
		return 0
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&p.about[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SO_TIMESTAMPNS_NEW {
		return 0
	}
	s := binary.NativeEndian.Uint64(p.about[unix.SizeofCmsghdr:])
	ns := binary.NativeEndian.Uint64(p.about[unix.SizeofCmsghdr+8:])
	return int64(s)*int64(time.Second) + int64(ns)
}

// outOfOrder returns how many packets the socket received before others that were sent
// earlier. ok is false where the kernel does not count them, which it does since Linux 5.4.
func (p *poller) outOfOrder(fd int) (n uint32, ok bool) {
	p.infoSize = unix.SizeofTCPInfo
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_INFO, uintptr(unsafe.Pointer(&p.info)), uintptr(unsafe.Pointer(&p.infoSize)), 0)
	counted := uintptr(p.infoSize) >= unsafe.Offsetof(p.info.Rcv_ooopack)+unsafe.Sizeof(p.info.Rcv_ooopack)
	return p.info.Rcv_ooopack, errno == 0 && counted
}

// StampArrivals asks the kernel to stamp what a socket receives. It returns false where the
// kernel cannot; an answer then arrives when it is read.
func StampArrivals(fd int) (ok bool) {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, 1) == nil
}
