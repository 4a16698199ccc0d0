package attack

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/results"
)

// engine is a way to make the load: in lanes, or request by request.
type engine interface {
	connect(ctx context.Context) error // opens the connections beforehand
	opening() *results.Opening         // how they were opened; nil if they were not
	// run makes the load with vegeta's workers, and returns when all of it has ended.
	run(ctx context.Context) (tallied, error)
	// stop closes every connection, which ends every request that is under way. close
	// releases what the engine holds once the load is over, or if it was never made.
	stop()
	close()
}

// tallied is what an engine counted of a whole load.
type tallied struct {
	sent        uint64
	planned     uint64 // number of slots in the schedule of an open load; of a closed load, what was sent
	inWindow    uint64 // the slots that lie in the window; only of an open load
	connections uint64
	handshakes  uint64
	redials     uint64
	opening     *results.Opening // nil if no connection was opened beforehand

	lost  time.Duration // sum of the times that clients waited for the generator
	lanes int           // 0 if the load was made request by request
	busy  [][]float64   // by lane and second since the start
}

// engineFor chooses the engine: lanes for the fast transport on systems with epoll, and
// otherwise the one that works request by request.
func (a *Attack) engineFor(u *url.URL) (engine, error) {
	switch {
	case a.cfg.Standard:
		return newSingle(a, newStandard(&a.cfg, &a.clock)), nil
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("attack: %s: want http or https", a.cfg.URL)
	}
	address, err := reach.Address(a.cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("attack: %w", err)
	}
	switch {
	case haveLanes && !a.cfg.lean:
		return newLaned(a, u, address)
	case u.Scheme == "https" || a.cfg.NoReuse:
		return nil, fmt.Errorf("attack: %s: on this system the fast transport speaks plain HTTP/1.1 over connections that last; set `transport: std`", a.cfg.URL)
	}
	return newSingle(a, newLean(u.Host, address, &a.cfg, &a.clock)), nil
}
