// Package ledger has the line that is kept of every request of a load, and reads
// what a server says about it in its answer. It does not count: package attack does.
package ledger

import "time"

// Entry is one line of the ledger. Stamps are durations since the start of the load.
type Entry struct {
	Seq uint64 // number of the request

	Intended, Dispatch, FirstWrite, LastByte time.Duration
	// Handled is when the generator had taken note of the answer; 0: it does not
	// tell, or there was no answer.
	Handled time.Duration
	// Dial and Handshake are parts of the wait for a connection, of a request for
	// which one was opened; 0: none was.
	Dial, Handshake time.Duration

	Status int     // 0: no answer
	Bytes  int64   // of the answer's body
	Phases []Phase // from Server-Timing

	Asked bool          // the answer had a Retry-After
	Wait  time.Duration // of it
}

// Phase is a part of the service time that the server reports.
type Phase struct {
	Name string
	Took time.Duration
}

// DefaultBackoff is the pause after a refusal that names no time itself, and
// after a request that got no answer at all.
const DefaultBackoff = 100 * time.Millisecond
