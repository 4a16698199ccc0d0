package attack

import (
	"crypto/tls"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// Outcome is how a request ended.
type Outcome = results.Outcome

// The outcomes, see package results.
const (
	OK       = results.OK
	Rejected = results.Rejected
	Error    = results.Error
	Timeout  = results.Timeout
	outcomes = results.NumOutcomes
)

// Message is one request to be sent. The slices belong to the caller of
// Config.Request until the request is written.
type Message = message.Message

// Header is one header line.
type Header = message.Header

// Line is one line of the ledger. Its stamps count from the start of the attack. Under
// closed load Intended equals Dispatch, except in steps of flows that follow another one.
type Line struct {
	// Flow says that the line is of a whole flow. The line of its last step came before.
	Flow bool
	// Seq is the number of the request, from 0, as in X-Vegeta-Seq. LastByte is when the
	// request ended: with the last byte of the answer, or without an answer.
	Seq                                      uint64
	Intended, Dispatch, FirstWrite, LastByte time.Duration
	Outcome                                  Outcome // of the request or flow
}

// Config describes one attack. Exactly one of Clients (closed load) and
// Schedule (open load) is set.
type Config struct {
	Name string // sent as X-Vegeta-Attack; equal for all variants
	URL  string // scheme and authority of the server, or its socket as package reach has it

	Clients  int           // closed load: how many send one after another
	Requests uint64        // closed load: number of requests in the window, divided equally among the clients; 0 if Duration bounds the load
	Think    time.Duration // closed load: pause between an answer and the next request
	// Backoff is the wait of a client after a refusal. If it is nil, the wait is what
	// Retry-After asks for, else 100 ms.
	Backoff *time.Duration

	Schedule *schedule.Schedule // open load, warm-up included

	// Warmup is the part of the load before the measured window; its requests are not
	// recorded in the result.
	Warmup   time.Duration
	Duration time.Duration // of the measured window; with Requests an upper bound, 0 for none
	Timeout  time.Duration // of a request, from its intended start

	Connections int         // the most that are open at once
	NoReuse     bool        // a connection for every request; none is opened beforehand
	TLS         *tls.Config // of an https URL; nil: the system's authorities
	Standard    bool        // net/http instead of the fast transport: HTTP/2
	// Apart says that no server runs on the CPUs of the generator.
	Apart bool
	// Lanes that the streams of a trial share; nil: the attack has one of its own.
	Lanes *Lanes
	// Slice is the part of the load that this attack makes; the zero value is all of it.
	// Schedule, Clients and Connections are always those of the whole load.
	Slice Slice

	lean bool // the fast transport of systems without lanes

	// Request writes the k-th request into m; it must depend on k alone. It is
	// called by several goroutines at once. It is not used if there is a Flow.
	Request func(m *Message, k uint64)
	// Targets are the names of what Request sends, if that is of several kinds: each has
	// its own results beside those of all requests. Target says which of them the k-th
	// request is, as an index; it must depend on k alone.
	Targets []string
	Target  func(k uint64) int
	// Flow, if it is not nil, makes every slot of the schedule, or every turn of a client, a
	// flow of several requests. Targets are then those of its steps, and after them one that
	// has the results of the flow as a whole.
	Flow *Flow

	// Classify maps a status, and whether the answer had a Retry-After header,
	// to an outcome.
	Classify func(status int, retryAfter bool) Outcome
	// Checks are what the answers to each target have to be, beyond what Classify says of
	// their status; nil, and nil for a target: nothing. Without Targets there is one.
	Checks []*expect.Checks
	// Blank removes secrets from an example of an answer; nil: there are none.
	Blank func(string) string
	// SLO is the latency objective that within-slo counts against; 0: none.
	SLO time.Duration

	Log       *results.LogWriter // shared by the streams of a trial; nil: no log
	TagPrefix string             // before every tag

	// Observe, if set, gets the line of every request, warm-up included, when
	// it has ended. It is called by several goroutines at once.
	Observe func(Line)
}

// closed reports whether the load is a closed one.
func (c *Config) closed() bool { return c.Schedule == nil }

// kinds is the number of targets that have results of their own, at least 1.
func (c *Config) kinds() int { return max(len(c.Targets), 1) }

// kind is the target of the k-th request.
func (c *Config) kind(k uint64) int {
	switch {
	case c.Flow != nil:
		return c.Flow.Steps[k%c.Flow.steps()].Target
	case len(c.Targets) < 2:
		return 0
	}
	return c.Target(k)
}

// whole reports whether the results of a target are a part of what the stream has as a
// whole. Of a flow's, only those of the flow are: the stream counts flows.
func (c *Config) whole(kind int) bool { return c.Flow == nil || kind == c.flowKind() }

// flowKind is the target that has the results of whole flows.
func (c *Config) flowKind() int { return len(c.Targets) - 1 }

// DefaultClassify is the outcome of a status where the scenario says nothing
// else: 2xx and 3xx are ok, 429 and 503 with Retry-After are refusals, and the
// rest are errors.
func DefaultClassify(status int, retryAfter bool) Outcome {
	switch {
	case status >= 200 && status < 400:
		return OK
	case status == 429, status == 503 && retryAfter:
		return Rejected
	}
	return Error
}
