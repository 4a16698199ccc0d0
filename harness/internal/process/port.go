package process

import (
	"fmt"
	"net"
	"sync/atomic"
)

// Ports are below the range from which systems take the local ports of outgoing
// connections (32768 and up on Linux, 49152 elsewhere), so that a thousand
// connections of the last trial cannot occupy the port of the next server.
const (
	firstPort = 20000
	lastPort  = 31999
)

var nextPort atomic.Uint32

// FreePort returns a loopback port on which nothing listens. It tries ports in turn,
// from a starting point that depends on pid, so that two processes do not try them
// in the same order.
func FreePort(pid int) (int, error) {
	const n = lastPort - firstPort + 1
	for range n {
		port := firstPort + (pid*97+int(nextPort.Add(1)))%n
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d", firstPort, lastPort)
}
