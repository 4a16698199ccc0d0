package work

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// seat is a place for one worker, and the queue of its orders.
type seat struct {
	Seat
	c *Coordinator

	mu       sync.Mutex
	instance string        // of the worker that has the seat; empty: none
	hello    *hello        // of the last worker
	silent   time.Duration // since the last sign of life, see overdue
	live     attack.Live   // of the latest second of a load
	queue    []order
	more     chan struct{} // has a token if the queue may have grown
	pending  map[uint64]*errand
	last     uint64        // number of the newest order
	lost     chan struct{} // closed when the worker is lost
	why      string        // why it was
}

// errand is an order that was given and has no result yet.
type errand struct {
	most   int64 // size of the result
	result chan result
}

// newSeat makes a seat without a worker, which counts as one whose worker was lost.
func newSeat(c *Coordinator, s Seat) *seat {
	gone := make(chan struct{})
	close(gone)
	return &seat{Seat: s, c: c, lost: gone, why: "no worker has taken the seat", more: make(chan struct{}, 1), pending: map[uint64]*errand{}}
}

// take gives the seat to a worker, unless another has it.
func (s *seat) take(instance string, h *hello) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.instance != "" || s.c.over.Load() {
		return false
	}
	s.instance, s.hello, s.silent = instance, h, 0
	s.queue, s.pending, s.lost, s.why, s.live = nil, map[uint64]*errand{}, make(chan struct{}), "", attack.Live{}
	go s.c.notify()
	return true
}

// has reports whether a worker has the seat.
func (s *seat) has(instance string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return instance != "" && s.instance == instance
}

// taken reports whether any worker has the seat.
func (s *seat) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.instance != ""
}

// wake makes a request for the next order look again.
func (s *seat) wake() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// pollTime is how long a request for the next order is kept waiting.
const pollTime = 20 * time.Second

// next answers with the next order as soon as there is one. A request that breaks off
// means that the worker has ended.
func (s *seat) next(w http.ResponseWriter, r *http.Request) {
	instance := r.Header.Get(workerHeader)
	// Only when the request was read does the server notice that its connection breaks.
	if n, _ := io.Copy(io.Discard, io.LimitReader(r.Body, mostSmall+1)); n > mostSmall {
		s.c.refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("it asks for orders with more than %d bytes", mostSmall))
		return
	}
	timer := time.NewTimer(pollTime)
	defer timer.Stop()
	for {
		s.mu.Lock()
		switch {
		case s.c.over.Load():
			s.mu.Unlock()
			reply(w, order{Do: doEnd})
			// Once the last seat is empty, Close closes every connection.
			_ = http.NewResponseController(w).Flush()
			s.lose(instance, "the run is over")
			return
		case len(s.queue) > 0:
			o := s.queue[0]
			s.queue = s.queue[1:]
			s.mu.Unlock()
			reply(w, o)
			return
		}
		s.mu.Unlock()
		select {
		case <-s.more:
		case <-timer.C:
			w.WriteHeader(http.StatusNoContent)
			return
		case <-r.Context().Done():
			s.lose(instance, "its connection broke: the worker has ended, or the network failed")
			return
		case <-s.c.stop:
			return
		}
	}
}

// done takes the result of an order.
func (s *seat) done(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.URL.Query().Get("order"), 10, 64)
	s.mu.Lock()
	e := s.pending[id]
	delete(s.pending, id)
	s.mu.Unlock()
	if err != nil || e == nil {
		s.c.refuse(w, r, http.StatusNotFound, "it sent the result of an order that it was not given")
		return
	}
	var res result
	if err := decode(r.Body, e.most, &res); err != nil {
		res = result{Error: fmt.Sprintf("its result cannot be read: %v", err), Void: true}
		s.c.refuse(w, r, http.StatusRequestEntityTooLarge, err.Error())
	} else {
		w.WriteHeader(http.StatusNoContent)
	}
	e.result <- res
}

// beat is a sign of life, with the progress of the load.
func (s *seat) beat(w http.ResponseWriter, r *http.Request) {
	var live attack.Live
	if err := decode(r.Body, mostSmall, &live); err != nil {
		s.c.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	news := live.Rate > 0
	if news {
		s.mu.Lock()
		s.live = live
		s.mu.Unlock()
	}
	w.WriteHeader(http.StatusNoContent)
	if news && s.c.opt.Live != nil {
		s.c.opt.Live(s.c.together())
	}
}

// clock answers with the clock of the coordinator.
func (s *seat) clock(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set(clockHeader, strconv.FormatInt(int64(s.c.now()), 10))
	w.WriteHeader(http.StatusNoContent)
}

// give puts an order into the queue.
func (s *seat) give(do string, body any, most int64) (*errand, uint64, <-chan struct{}, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.instance == "" {
		return nil, 0, nil, s.absent()
	}
	s.last++
	e := &errand{most: most, result: make(chan result, 1)}
	if do != doCancel {
		s.pending[s.last] = e
	}
	s.queue = append(s.queue, order{s.last, do, data})
	s.wake()
	return e, s.last, s.lost, nil
}

// absent is the error of a seat without a worker. It is called with mu held.
func (s *seat) absent() error {
	return &trial.Void{Why: errors.New("the worker was lost: " + s.why)}
}

// host returns what is known of the worker's host.
func (s *seat) host() results.TopologyHost {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := results.TopologyHost{Name: s.Name, Role: s.Role}
	if s.hello != nil {
		h.Node, h.Facts, h.Address = s.hello.Node, s.hello.Facts, s.hello.Address
		if ip, _, err := net.SplitHostPort(h.Address); err == nil {
			h.Address = ip
		}
	}
	return h
}
