package attack

import (
	"context"
	"sync"
)

// turns divides the requests of a closed load among its clients, each of which
// sends its share one after another. vegeta's workers have no names, so a
// worker takes the turn of some client that is not waiting for an answer; there
// are as many of either. A client whose share is used up gives no turn back, and
// the load is over when none is left: it lasts as long as its slowest client.
type turns struct {
	free chan uint64 // what is left of the share of each client without a request under way
	done chan struct{}

	mu     sync.Mutex
	active int // clients with something left
	ended  bool
}

func newTurns(clients int, requests uint64) *turns {
	t := &turns{free: make(chan uint64, clients), done: make(chan struct{})}
	n := uint64(clients)
	for i := range n {
		share := requests / n
		if i < requests%n {
			share++
		}
		if share > 0 {
			t.free <- share
			t.active++
		}
	}
	return t
}

// take waits for a client that can send; false: the load is over.
func (t *turns) take(ctx context.Context) (left uint64, ok bool) {
	select {
	case <-t.done:
		return 0, false
	default:
	}
	select {
	case left = <-t.free:
		return left, true
	case <-t.done:
		return 0, false
	case <-ctx.Done():
		return 0, false
	}
}

// giveBack ends a turn. Requests of the warm-up do not count.
func (t *turns) giveBack(left uint64, counted bool) {
	if counted {
		left--
	}
	if left > 0 {
		t.free <- left
		return
	}
	t.mu.Lock()
	t.active--
	over := t.active == 0
	t.mu.Unlock()
	if over {
		t.end()
	}
}

// end wakes everyone who waits for a turn.
func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		close(t.done)
	}
}
