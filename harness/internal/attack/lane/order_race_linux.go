//go:build race

package lane

import "syscall"

// nothing is a descriptor that is always read at its end, and to which everything can be
// written.
var nothing, _ = syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)

// received tells the race detector what the kernel guarantees: whatever a process does
// before it writes to a socket comes before whatever a lane does after it has read those
// bytes. The detector knows this of package syscall's calls, but not of the raw calls of a
// lane, so a call of package syscall is made as well.
func received() { _, _ = syscall.Read(nothing, nil) }

// sending tells the race detector that what a lane did so far comes before what a server
// in this process does after it has read the bytes that the lane writes next.
func sending() { _, _ = syscall.Write(nothing, nil) }
