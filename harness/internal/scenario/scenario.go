// Package scenario reads scenario files (version 1). It decodes, validates and
// resolves them, and is the only package that knows their syntax.
//
// Packages that plan or run scenarios use it. [Load] returns plain Go data with
// every default filled in, [Scenario.Cells] returns what is compared, and
// [Scenario.Resolve] returns the commands, addresses and requests of one trial. The
// package does not start, send or time anything, and opens no connection.
//
// Rules:
//
//   - All errors of a file are reported at once, each with file, line, column,
//     what was expected and a suggestion. Only a syntax error ends the reading
//     early.
//   - ${name} is replaced as text, without a shell. It is allowed in command,
//     env, dir, url, tls, ready.path, metrics, build, placement, prepare, cleanup,
//     in targets and setup (path, headers, body, content of body_file), and in every
//     value of load, warmup and objectives. "$${" is a literal "${". The text of a
//     replacement is not searched again.
//   - The load may depend on the matrix, and not on what differs between variants,
//     blocks or servers: variants are compared under one load.
//   - A name is looked up in this order: built-in names (port, port.SERVER, socket, socket.SERVER,
//     host, host.SERVER, variant, seed, layout, binary), matrix keys, parameters of the variant,
//     parameters of the scenario. In targets, variables of the stream come in
//     addition; such a variable may not share a name with anything else. The same
//     holds for values that setup extracts, which targets and later requests of
//     setup may use, and for those that a step of a flow extracts, which later steps
//     of the same run may use. ${secret.NAME} is allowed in env, headers, bodies and setup. A
//     parameter of a variant or of the matrix that no ${...} mentions is an
//     error, because the scenario would compare a variant with itself.
//   - In the short form, the one server is called "server" and the one stream
//     is called "load", after their keys.
//   - Servers and targets are on loopback unless [Options] allow their host.
package scenario

import (
	"time"

	"github.com/assay-bench/assay/harness/internal/handshake"
	"github.com/assay-bench/assay/results"
)

// Scenario is one valid scenario file with every default filled in.
//
// Fields may be changed before [Scenario.Resolve] is called (a shorter window, fewer
// blocks). Resolve and Cells use the current values.
type Scenario struct {
	File   string // as given to Load
	Source []byte // the file, byte for byte
	SHA256 string // of Source, in hexadecimal
	// Inputs maps the name of every other file that the scenario reads (body_file,
	// vars file), as written in the scenario, to the SHA-256 of its content.
	Inputs map[string]string

	Name    string // unique in a run
	Summary string // one line; may be empty

	// Requires is a command that has to succeed before the scenario can run on a
	// machine. If it is empty, the scenario can run anywhere.
	Requires []string
	// Placement is PlacementSplit or PlacementNone, or still contains ${...}.
	Placement string

	// Prepare runs before the servers of every trial start, and Cleanup after they have
	// ended. Either may be nil.
	Prepare, Cleanup *Hook
	// Setup are requests that are sent once per trial when the servers are ready.
	Setup []Step

	Servers  []Server // at least one, in the order in which they are to be started
	CellLoad          // of the first cell; For gives that of another
	Blocks   int      // trials of every cell

	params   map[string]string
	variants []results.Variant // without the A/A copy
	aa       string
	control  string
	matrix   []axis
	loads    map[string]*CellLoad // by cell; nil if every cell has the same
	also     map[string][]rawAlso // by server
	insecure map[string]string    // tls.insecure by server, where it contains ${...}
	allowed  []string
	files    *files

	untold Errors          // see Unstartable
	places map[string]mark // where things stand, by a key of their own; see Findings

	secretNames  []text            // environment variables
	secretValues map[string]string // by name; nil until ReadSecrets
}

// Values of placement.
const (
	PlacementSplit = "split" // servers and generator on CPUs of their own
	PlacementNone  = "none"  // everything on any CPU, as the system decides
)

// Server is a server under test. In a [Scenario] its strings still contain ${...};
// in a [Resolved] they are final.
type Server struct {
	Name string // unique in the scenario

	// Command starts the server, afresh for every trial. If it is empty, the server
	// already runs at URL, and trials are not independent.
	Command []string
	Env     map[string]string // added to the environment of the harness
	Dir     string            // default "."
	// Beside means that the scenario gives no directory: a program whose path has a slash
	// is then looked for in the folder of the scenario file first.
	Beside bool
	// Host is the name of the host that the server stands on in a run on several hosts;
	// empty: that of the servers without a name.
	Host string

	// URL is the scheme and the host, without a path, or unix:// and the path of a socket.
	// For a server with a Command it is empty until Resolve sets it to http://HOST:PORT,
	// or https with TLS, or to that of a socket as package reach has it.
	URL string
	// OnSocket means that the server's command listens on ${socket}.
	OnSocket bool
	// TLS holds the settings for https URLs of the server; nil means those of the system. Its files are
	// relative to the scenario's folder until resolved.
	TLS *handshake.Settings

	// Ready is requested until the server answers 2xx or 3xx; for a tcp:// URL,
	// until it accepts a connection. ReadyTimeout is how long that may take. Metrics is
	// sampled during the attack, if it is not empty. Ready and Metrics are each a path
	// on the server or an absolute URL; in a [Resolved], an absolute URL.
	Ready        string
	ReadyTimeout time.Duration
	Metrics      string
	// Profile gives CPU profiles in the format of pprof. It is empty if the server cannot
	// be profiled, and otherwise a path or a URL like Metrics.
	Profile string

	// Also is what else belongs to the server. Resolve sets it.
	Also []Also

	StopSignal  string        // TERM, INT, QUIT, HUP or KILL
	StopTimeout time.Duration // from the signal until the server is killed

	// BuildCommand, if it is not empty, runs once per variant and block in BuildDir
	// (default "."), outside of all measured times.
	BuildCommand []string
	BuildDir     string
}

// Stream is one load on one server. Exactly one of Closed and Open is set.
type Stream struct {
	Name   string // unique in the scenario
	Server string // the name of the server that the stream loads

	Closed *Closed
	Open   *Open

	Timeout     time.Duration // of one request, from its intended start
	Connections int           // upper bound
	Transport   string        // "fast" or "std"
	NoReuse     bool          // a connection for every request

	// Targets is nil in a Scenario. Resolve sets it.
	Targets *Targets

	// Objectives are those of the stream alone, besides those of its targets.
	Objectives []results.Objective

	targets  []rawTarget // of a flow: its steps, each once
	flow     *rawFlow    // nil: the requests are drawn from the targets
	vars     []variable
	statuses statuses
}

// Closed is a closed loop: every client sends its next request after the answer to
// its last one. A scenario file sets exactly one of Requests and Duration. If both are
// set, the load ends by whichever comes first.
type Closed struct {
	// Clients is how many clients there are, at least 1.
	Clients  int
	Requests int           // of all clients together; 0: the load ends by Duration
	Duration time.Duration // of the window; 0: the load ends by Requests
	Think    time.Duration // pause of a client between an answer and its next request
	// Backoff is the wait after a refusal, including 0, if it is set. If it is nil,
	// the wait is what Retry-After asks for, else 100 ms.
	Backoff *time.Duration
}

// Open is an open loop: requests are due by a schedule, no matter when answers come.
type Open struct {
	Poisson bool    // arrivals are a Poisson process; otherwise they are evenly spaced
	Stages  []Stage // at least one; a constant rate is one stage
}

// Stage is a section of an open schedule. Its rate, in requests per second, changes
// linearly from From to To. The two are equal for a constant rate.
type Stage struct {
	From, To float64
	Duration time.Duration // of the section
}

// Duration returns how long the stages take together.
func (o *Open) Duration() time.Duration {
	var sum time.Duration
	for _, s := range o.Stages {
		sum += s.Duration
	}
	return sum
}

// axis is one key of the matrix with its values.
type axis struct {
	key    string
	values []string
}
