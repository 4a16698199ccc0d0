package scenario

import "time"

// The values of keys that a file leaves out. The JSON Schema states the same values in
// the tags of the key types, and a test holds the two against each other.
const (
	// DefaultBlocks is how many blocks a run makes. Ten give a median whose interval
	// reaches from the second to the ninth value, 97.9 % of the time.
	DefaultBlocks = 10

	defaultWarmup      = 2 * time.Second
	defaultTimeout     = 30 * time.Second // of a request, from its intended start
	defaultConnections = 1000             // of an open load; a closed load has one for each client
	defaultTransport   = "fast"

	defaultZipf        = 1.0              // the exponent of pick: zipf
	defaultHookTimeout = 60 * time.Second // of prepare and cleanup

	defaultReadyPath    = "/"
	defaultReadyTimeout = 10 * time.Second
	defaultStopSignal   = "TERM"
	defaultStopTimeout  = 30 * time.Second
)
