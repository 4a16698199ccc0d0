package attack

import (
	"github.com/assay-bench/assay/harness/internal/attack/lane"
	"github.com/assay-bench/assay/harness/internal/attack/ledger"
)

// flowHandler makes and records the flows of one lane. The lane knows when a step is due;
// the handler knows what it is.
type flowHandler struct {
	*laneHandler
	runs map[uint64]*running // runs under way, by the number of the flow
	free []*running
}

// run returns the run that a request belongs to. It begins the run if the request is the
// first of it.
func (h *flowHandler) run(seq uint64) *running {
	number := seq / h.cfg.Flow.steps()
	r := h.runs[number]
	if r != nil {
		return r
	}
	if n := len(h.free); n > 0 {
		r, h.free = h.free[n-1], h.free[:n-1]
	} else {
		r = new(running)
	}
	r.begin(h.cfg.Flow, number)
	h.runs[number] = r
	return r
}

// Request implements lane.Handler.
func (h *flowHandler) Request(m *Message, k uint64) {
	h.cfg.write(h.run(k), m, int(k%h.cfg.Flow.steps()))
}

// Ended implements lane.Handler.
func (h *flowHandler) Ended(client int, e *ledger.Entry, err error) lane.Next {
	r := h.run(e.Seq)
	outcome, failure, more := h.cfg.ended(r, e, err)
	if h.book.step(r, e, outcome, failure) {
		h.rec.packReady(h.book)
	}
	h.observe(e, outcome)
	if more {
		return lane.Next{Pause: h.cfg.Flow.Steps[e.Seq-r.flow.Seq+1].Pause, Step: true}
	}
	whole := r.entry(h.cfg.closed())
	if h.book.flow(whole, e, outcome, failure) {
		h.rec.packReady(h.book)
	}
	h.observeFlow(whole, outcome)
	delete(h.runs, whole.Seq/h.cfg.Flow.steps())
	h.free = append(h.free, r)
	return lane.Next{Pause: h.rest(client, whole, outcome)}
}
