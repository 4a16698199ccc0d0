package telemetry

// Outcome is how a request for patients ended, from the server's point of view.
type Outcome int

// The outcomes, with the statuses of their answers.
const (
	OK       Outcome = iota // 200
	Invalid                 // 400
	NotFound                // 404
	Rejected                // 503 or 429 with Retry-After
	Failed                  // 500: the store failed, or a panic
	Timeout                 // 504: the query's deadline passed
	Canceled                // the client went away, so nobody reads the answer
	outcomes                // how many there are
)

var outcomeNames = [outcomes]string{"ok", "invalid", "not_found", "rejected", "error", "timeout", "canceled"}

// String returns the outcome's name in metrics and logs.
func (o Outcome) String() string { return outcomeNames[o] }
