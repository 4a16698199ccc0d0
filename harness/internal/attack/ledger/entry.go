// Package ledger defines the line that is kept of every request of a load, and reads what
// a server says about the request in the headers of its answer. It does not count
// requests: package attack does.
package ledger

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/message"
)

// Entry is one line of the ledger. Stamps are durations since the start of the load.
type Entry struct {
	Seq uint64 // number of the request

	// Intended is when the request was due, Dispatch when the generator began with it,
	// FirstWrite when its first byte was written, and LastByte when it ended.
	Intended, Dispatch, FirstWrite, LastByte time.Duration
	// Handled is the moment at which the generator had processed the answer. It is 0 if
	// there was no answer, or if the transport does not record it.
	Handled time.Duration
	// Dial and Handshake are parts of the wait for a connection. They are 0 unless a
	// connection was opened for this request.
	Dial, Handshake time.Duration

	Status int     // HTTP status; 0 without an answer
	Bytes  int64   // length of the answer's body
	Phases []Phase // what the server reports in Server-Timing

	// Answer is what is kept of an answer that is to be checked; nil if none is. It is
	// valid until the entry is recorded.
	Answer *message.Kept

	Asked bool          // the answer had a Retry-After header
	Wait  time.Duration // the wait that Retry-After asks for
}

// Phase is a part of the service time that the server reports.
type Phase struct {
	Name string        // as the server writes it, for example "store"
	Took time.Duration // reported in milliseconds, with fractions
}

// DefaultBackoff is the pause after a refusal that does not say how long to wait, and
// after a request that got no answer at all.
const DefaultBackoff = 100 * time.Millisecond
