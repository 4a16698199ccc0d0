// Package scenario reads scenario files (version 1): it decodes, validates and
// resolves them, and is the only place that knows their syntax.
//
// It is for whoever plans or runs a scenario: [Load] gives plain Go data with
// every default filled in, [Scenario.Cells] what is compared, and
// [Scenario.Resolve] the commands, addresses and requests of one trial. It is
// not for starting, sending or timing anything, and it opens no connection.
//
// Rules:
//
//   - A file is wrong as a whole: all of its errors are reported at once, each
//     with file, line, column, what was expected and a suggestion. Only a
//     syntax error ends the reading early.
//   - ${name} is replaced as text, without any shell. It may stand in command,
//     env, dir, url, tls, ready.path, metrics, build, placement and targets (path,
//     headers, body, body_file's content). "$${" is a literal "${". A replacement is
//     never looked at again.
//   - A name means, in this order: a built-in one (port, port.SERVER, variant,
//     seed, layout, binary), a matrix key, a parameter of the variant, a
//     parameter of the scenario. In targets a variable of the stream counts
//     too; it may not share a name with any other. A parameter of a variant or
//     the matrix that no ${...} mentions is an error: it would compare a thing
//     with itself.
//   - In a short-form file the one server is called "server" and the one
//     stream "load", after the keys they stand under.
//   - Servers and targets are on loopback unless [Options] allow the host.
package scenario

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/results"
)

// Scenario is one valid scenario file with every default filled in.
//
// Its fields may be changed before [Scenario.Resolve] is called (a shorter
// window, fewer blocks); Resolve and Cells use what they then find.
type Scenario struct {
	File   string // as given to Load
	Source []byte // the file, byte for byte
	SHA256 string // of Source, in hexadecimal
	// Inputs maps every other file the scenario reads (body_file, vars file),
	// as written in the scenario, to the SHA-256 of its content.
	Inputs map[string]string

	Name    string
	Summary string // one line; may be empty

	// Requires is a command that has to succeed where the scenario can run;
	// empty: it can run anywhere.
	Requires []string
	// Placement is PlacementSplit or PlacementNone, or still holds ${...}.
	Placement string

	Servers    []Server // at least one, in the order in which they are to be started
	Streams    []Stream // at least one; all start together
	Warmup     time.Duration
	Blocks     int
	Objectives []results.Objective

	params   map[string]string
	variants []results.Variant // without the A/A copy
	aa       string
	control  string
	matrix   []axis
	allowed  []string
}

// Values of placement.
const (
	PlacementSplit = "split" // servers and generator on CPUs of their own
	PlacementNone  = "none"  // all on any CPU, as the system likes
)

// Server is a server under test. In a [Scenario] its strings still hold
// ${...}; in a [Resolved] they are final.
type Server struct {
	Name string

	// Command starts the server, afresh for every trial. Empty: the server
	// already runs at URL, and trials are not independent.
	Command []string
	Env     map[string]string // added to the harness's own environment
	Dir     string            // default "."

	// URL is scheme and host, with no path. For a server with a Command it is
	// empty until resolved, then http://127.0.0.1:PORT, or https with TLS.
	URL string
	// TLS are the settings of its https URLs; nil: those of the system. Its files are
	// relative to the scenario's folder until resolved.
	TLS *handshake.Settings

	// Ready is asked until it answers 2xx or 3xx, or with tcp:// until it takes
	// a connection; Metrics is sampled during the attack, empty: never. Each is
	// a path on the server or an absolute URL; resolved, always an absolute URL.
	Ready        string
	ReadyTimeout time.Duration
	Metrics      string

	StopSignal  string // TERM, INT, QUIT, HUP or KILL
	StopTimeout time.Duration

	// BuildCommand, if any, is run untimed once per variant and block, in
	// BuildDir (default ".").
	BuildCommand []string
	BuildDir     string
}

// Stream is one load on one server. Exactly one of Closed and Open is set.
type Stream struct {
	Name   string
	Server string // the name of the server it loads

	Closed *Closed
	Open   *Open

	Timeout     time.Duration // of one request, from its intended start
	Connections int           // upper bound
	Transport   string        // "fast" or "std"
	NoReuse     bool          // a connection for every request

	// Targets is nil in a Scenario; Resolve sets it.
	Targets *Targets

	targets  []rawTarget
	vars     []variable
	statuses statuses
}

// Closed is a closed loop: every client sends its next request after the
// answer to its last. Exactly one of Requests and Duration is set.
type Closed struct {
	Clients  int
	Requests int
	Duration time.Duration
	Think    time.Duration
	// Backoff is the wait after a refusal, used always if set (0 included).
	// If nil, the wait is what Retry-After asks, else 100ms.
	Backoff *time.Duration
}

// Open is an open loop: requests are due by a schedule, whatever the answers.
type Open struct {
	Poisson bool    // arrivals are a Poisson process, else evenly spaced
	Stages  []Stage // at least one; a constant rate is one stage
}

// Stage is a part of an open schedule whose rate, in requests per second,
// goes linearly from From to To; equal for a constant rate.
type Stage struct {
	From, To float64
	Duration time.Duration
}

// Duration is the time the stages take together.
func (o *Open) Duration() time.Duration {
	var sum time.Duration
	for _, s := range o.Stages {
		sum += s.Duration
	}
	return sum
}

type axis struct {
	key    string
	values []string
}
