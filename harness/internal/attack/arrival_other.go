//go:build unix && !linux

package attack

import (
	"syscall"
	"time"
)

func stampArrivals(uintptr) (ok bool) { return false }

// receiver reads from a socket.
type receiver struct{}

// receive reads what is there. As far as is known, it came in just now.
func (*receiver) receive(fd uintptr, b []byte) (n int, now time.Time, age time.Duration, err error) {
	for {
		if n, err = syscall.Read(int(fd), b); err != syscall.EINTR {
			return max(n, 0), time.Now(), 0, err
		}
	}
}
