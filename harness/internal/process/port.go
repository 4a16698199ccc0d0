package process

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Ports are taken from below the range from which systems draw the local ports
// of outgoing connections (32768 and up on Linux, 49152 elsewhere): a thousand
// connections of the last trial cannot be in the way of the next server.
const (
	firstPort = 20000
	lastPort  = 31999
)

// given has the ports that this process was given, so that no two of its servers are
// given the same one.
var given = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// FreePort returns a loopback port on which nothing listens. The port is free until
// somebody takes it, and whoever asked for it binds it a moment later. So ports are
// drawn at random: two processes that ask at the same time are unlikely to be given the
// same one. A process is given every port once, until it has had half of them.
func FreePort() (int, error) {
	const n = lastPort - firstPort + 1
	given.Lock()
	defer given.Unlock()
	if len(given.ports) > n/2 {
		clear(given.ports)
	}
	for range 4 * n {
		port := firstPort + rand.IntN(n)
		if given.ports[port] {
			continue
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		given.ports[port] = true
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d", firstPort, lastPort)
}
