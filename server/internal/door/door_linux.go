package door

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// tellsOfReset says whether reset can find out that a client has left.
const tellsOfReset = true

const (
	flagsAt  = 13 // the offset of the flags in a TCP header
	synFlag  = 0x02
	ackFlag  = 0x10
	whole    = 0xffff // how much of a packet passes
	tcpClose = 7      // the state of a connection that was reset
)

// noNewcomers is a filter that drops the first packet of each connection that is to be
// opened. All other packets pass, also those that complete what has begun.
var noNewcomers = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flagsAt},
	{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: synFlag | ackFlag},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: synFlag, Jt: 0, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	{Code: unix.BPF_RET | unix.BPF_K, K: whole},
}

// refuse keeps new clients out. Their systems try again after a second, when the address
// either refuses them or has a new server.
//
// Note: closing the listener would reset those who are in its queue, and so would shutting
// it down for reading. A queue of length 0 still takes one.
func (d *Door) refuse() error {
	return d.control("keep new connections out", func(fd int) error {
		program := unix.SockFprog{Len: uint16(len(noNewcomers)), Filter: &noNewcomers[0]}
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
	})
}

// waiting reports whether clients are in the queue of the listener.
func (d *Door) waiting() bool {
	var n int
	err := d.control("look at the queue", func(fd int) (err error) {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return err
	})
	return n > 0 || errors.Is(err, unix.EINTR)
}

// control calls do with the listening socket. what begins its errors.
func (d *Door) control(what string, do func(fd int) error) error {
	raw, err := d.SyscallConn()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var done error
	if err := raw.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if done != nil {
		return fmt.Errorf("%s: %w", what, done)
	}
	return nil
}

// reset reports whether the connection is no more.
func reset(fd uintptr) bool {
	info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	return err != nil || info.State == tcpClose
}
