package attack

import (
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stampArrivals makes the system note when what it receives comes in. Where it
// cannot, arrivals are when they were read.
func stampArrivals(fd uintptr) (ok bool) {
	return unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, 1) == nil
}

// AnswerStamps says whose stamps the fast transport has of answers, as a bundle
// tells it.
func AnswerStamps() string {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	if !stampArrivals(uintptr(fd)) {
		return ""
	}
	return "on arrival"
}

// receiver reads from a socket. It has all that this takes, so that nothing is
// allocated for an answer.
type receiver struct {
	msg   unix.Msghdr
	into  unix.Iovec
	about [64]byte // a header and two numbers of 64 bits; no more was asked for
}

// receive reads what is there into b, which has room, and tells how long ago the last
// byte of it came in.
func (r *receiver) receive(fd uintptr, b []byte) (n int, now time.Time, age time.Duration, err error) {
	r.into.Base = &b[0]
	r.into.SetLen(len(b))
	for {
		r.msg = unix.Msghdr{Iov: &r.into, Control: &r.about[0]}
		r.msg.SetIovlen(1)
		r.msg.SetControllen(len(r.about))
		got, _, errno := unix.Syscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.msg)), 0)
		if n = int(got); errno == 0 {
			break
		}
		if errno != unix.EINTR {
			return 0, time.Now(), 0, errno
		}
	}
	now = time.Now()
	r.into.Base = nil // of a body, maybe, which others read into next
	about := r.about[:r.msg.Controllen]
	if len(about) < unix.CmsgSpace(16) {
		// What came in before the system began to note it has no stamp.
		return n, now, 0, nil
	}
	header, stamp, _, err := unix.ParseOneSocketControlMessage(about)
	if err != nil || header.Level != unix.SOL_SOCKET || header.Type != unix.SO_TIMESTAMPNS_NEW {
		return n, now, 0, nil
	}
	// The stamp is of the wall clock, and so is the difference. For so short a time
	// that clock is as good as the monotonic one, unless it is set meanwhile: which
	// voids what was measured.
	s, ns := binary.NativeEndian.Uint64(stamp), binary.NativeEndian.Uint64(stamp[8:])
	return n, now, max(now.Sub(time.Unix(int64(s), int64(ns))), 0), nil
}
