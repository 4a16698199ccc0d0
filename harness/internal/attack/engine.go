package attack

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// engine is a way to make the load: in lanes, or request by request.
type engine interface {
	connect(ctx context.Context) error // opens the connections beforehand
	// run makes the load with vegeta's workers, and returns when all of it has ended.
	run(ctx context.Context) (tallied, error)
	// stop ends every connection, and with it every request under way; close is for
	// when the load is over, or was never made.
	stop()
	close()
}

// tallied is what an engine counted of a whole load.
type tallied struct {
	sent        uint64
	planned     uint64 // slots of an open load; else what was sent
	inWindow    uint64 // of them; of an open load
	connections uint64
	handshakes  uint64
	redials     uint64

	lost  time.Duration // by clients that the generator let wait
	lanes int           // 0: request by request
	busy  [][]float64   // by lane and second since the start
}

// engineFor chooses the way: lanes for the fast transport where the system has
// epoll, else request by request.
func (a *Attack) engineFor(u *url.URL) (engine, error) {
	switch {
	case a.cfg.Standard:
		return newSingle(a, newStandard(&a.cfg, &a.clock)), nil
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("attack: %s: want http or https", a.cfg.URL)
	case haveLanes && !a.cfg.lean:
		return newLaned(a, u)
	case u.Scheme == "https" || a.cfg.NoReuse:
		return nil, fmt.Errorf("attack: %s: on this system the fast transport speaks plain HTTP/1.1 over connections that last; set `transport: std`", a.cfg.URL)
	}
	return newSingle(a, newLean(u.Host, &a.cfg, &a.clock)), nil
}

// authority is the address of the server to dial.
func authority(u *url.URL) string {
	if _, _, err := net.SplitHostPort(u.Host); err == nil {
		return u.Host
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(strings.Trim(u.Host, "[]"), port)
}
