package attack

import (
	"strconv"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/harness/internal/expect"
)

// Flow is what an arrival of an open load, or a client of a closed one, does in order: each
// step is a request that is meant to be sent when the answer to the step before has come
// and its pause is over. A step that is not answered ok ends the flow.
//
// Request number f·n + s is step s of flow f, where n is the number of steps, whether all
// steps before were made or not.
type Flow struct {
	Steps []FlowStep // at least one
	// New returns the state of a run of the flow. It is used for one run after another, and
	// for one run at a time.
	New func() Run
}

// FlowStep is one request of a flow.
type FlowStep struct {
	Target int           // the target that has its results
	Pause  time.Duration // between the last byte of the answer before and the request
	Keep   bool          // the run reads the answer
}

// steps is the number of steps.
func (f *Flow) steps() uint64 { return uint64(len(f.Steps)) }

// Run is the state of one run of a flow: what it extracted, and its cookies.
type Run interface {
	// Begin forgets the run before, and begins run number k.
	Begin(k uint64)
	// Request writes the request of a step into m.
	Request(m *Message, step int)
	// Took reads the answer to a step that was answered ok. It is called only for steps
	// with Keep. If what the run needs is not there it returns the reason, which begins
	// with expect.Prefix.
	Took(step int, a *expect.Answer) (reason string)
	// Blank removes what the run extracted from a text.
	Blank(text string) string
}

// sent reports whether a target is that of requests, and not of whole flows.
func (c *Config) sent(kind int) bool { return c.Flow == nil || kind != c.flowKind() }

// number returns the number of a request, or of the flow that it is a step of, among all
// that the load makes.
func (c *Config) number(seq uint64) uint64 {
	if c.Flow == nil {
		return seq
	}
	return seq / c.Flow.steps()
}

// running is a run that is under way, with what is known of its flow so far.
type running struct {
	Run
	flow ledger.Entry // intended is that of the first step
	lag  time.Duration
	wait time.Duration // for connections
}

// begin begins a run.
func (r *running) begin(f *Flow, number uint64) {
	if r.Run == nil {
		r.Run = f.New()
	}
	*r = running{Run: r.Run, flow: ledger.Entry{Seq: number * f.steps()}}
	r.Begin(number)
}

// write writes the request of a step into m, and says whether the answer is to be kept.
func (c *Config) write(r *running, m *Message, step int) {
	r.Request(m, step)
	s := &c.Flow.Steps[step]
	m.Keep = s.Keep || c.Checks != nil && c.Checks[s.Target] != nil
}

// ended returns the outcome of a step that has ended, and the reason if it has no answer or
// a wrong one. more says that another step follows.
func (c *Config) ended(r *running, e *ledger.Entry, err error) (o Outcome, failure string, more bool) {
	step := int(e.Seq - r.flow.Seq)
	o, failure = c.judge(e, err)
	if o == OK && c.Flow.Steps[step].Keep {
		failure = r.Took(step, &expect.Answer{Status: e.Status, Header: &e.Answer.Head, Body: e.Answer.Body})
		if failure != "" {
			o = Error
		}
	}
	r.add(e, step)
	return o, failure, o == OK && step+1 < len(c.Flow.Steps)
}

// add adds a step to its flow.
func (r *running) add(e *ledger.Entry, step int) {
	f := &r.flow
	if step == 0 {
		f.Intended = e.Intended
	}
	r.lag += e.Dispatch - e.Intended
	r.wait += e.FirstWrite - e.Dispatch
	f.LastByte, f.Handled = e.LastByte, e.Handled
	f.Status, f.Asked, f.Wait = e.Status, e.Asked, e.Wait
	f.Bytes += e.Bytes
	f.Dial += e.Dial
	f.Handshake += e.Handshake
}

// entry returns the line of the flow. Its response is what its user waits for, pauses
// included. Lag and wait for connections are the sums of those of its steps, and the rest is
// the service. A closed load has only the service, which is therefore the whole time.
func (r *running) entry(closed bool) *ledger.Entry {
	f := &r.flow
	f.Dispatch, f.FirstWrite = f.Intended, f.Intended
	if !closed {
		f.Dispatch += r.lag
		f.FirstWrite = f.Dispatch + r.wait
	}
	return f
}

// reason says why a flow has ended early: in which step, and what was wrong there. It is
// empty for a flow that was made to its end.
func (c *Config) reason(e *ledger.Entry, o Outcome, failure string) string {
	if o == OK {
		return ""
	}
	switch {
	case failure != "":
	case o == Rejected:
		failure = "refused with status " + strconv.Itoa(e.Status)
	default:
		failure = "status " + strconv.Itoa(e.Status)
	}
	return "step " + c.Targets[c.kind(e.Seq)] + ": " + failure
}

// blank returns what removes secrets, and what a run extracted, from an example.
func (c *Config) blank(r *running) func(string) string {
	return func(text string) string {
		if c.Blank != nil {
			text = c.Blank(text)
		}
		return r.Blank(text)
	}
}

// step counts a step of a flow, in the second in which the flow began. It tells whether
// seconds are ready to be packed.
func (b *book) step(r *running, e *ledger.Entry, o Outcome, failure string) (ready bool) {
	var blank func(string) string
	if failure != "" {
		blank = b.cfg.blank(r)
	}
	b.enter(b.at(r.flow.Intended), b.cfg.kind(e.Seq), e, o, failure, blank)
	if now := b.keyOf(e.LastByte); now > b.emptied {
		b.emptied = now
		b.empty(now)
	}
	return len(b.ready) > 0
}

// flow counts a flow that has ended with a step, and tells whether seconds are ready to be
// packed.
func (b *book) flow(whole, last *ledger.Entry, o Outcome, failure string) (ready bool) {
	s := b.at(whole.Intended)
	b.enter(s, b.cfg.flowKind(), whole, o, b.cfg.reason(last, o, failure), nil)
	return b.close(s)
}

// empty lets what was counted so far in the seconds before a key be packed, although flows
// that began in them are under way. Flows may last for minutes, and the counts of each of
// these seconds would take some megabytes.
func (b *book) empty(before int64) {
	for key, s := range b.seconds {
		if key < before && s.open > 0 {
			b.ready = append(b.ready, &second{key: key, cells: s.cells, warmup: s.warmup})
			s.cells = make([]*cells[*tally], len(b.sums))
		}
	}
}

// observeFlow passes the line of a flow to Config.Observe, if it is set.
func (a *Attack) observeFlow(e *ledger.Entry, o Outcome) {
	if a.cfg.Observe != nil {
		a.cfg.Observe(Line{true, e.Seq, e.Intended, e.Dispatch, e.FirstWrite, e.LastByte, o})
	}
}
