package results

import (
	"fmt"
	"strings"
)

// Outcome is how a request ended. To add an outcome, add its constant, its row in
// the table of outcomes, its count in [Outcomes], and a row for its share in the
// table of metrics; the compiler and the tests report what was forgotten.
type Outcome uint8

// Outcomes of a request.
const (
	OK       Outcome = iota // the server answered as the scenario expects
	Rejected                // the server refused because it had no capacity
	Error                   // the server answered in another way, or the answer cannot be read
	Timeout                 // no answer came in time, or at all
	numOutcomes
)

// NumOutcomes is the number of outcomes.
const NumOutcomes = int(numOutcomes)

// outcomes is the table, indexed by outcome.
var outcomes = [...]struct {
	name   string // in files
	plural string // in sentences
	// headline: the latencies of these requests are part of the headline latency.
	headline bool
	// ended: these requests took a measurable time. The latency of the others counts
	// as +∞.
	ended bool
	count func(*Outcomes) *uint64
}{
	OK:       {"ok", "successes", true, true, func(o *Outcomes) *uint64 { return &o.OK }},
	Rejected: {"rejected", "refusals", false, true, func(o *Outcomes) *uint64 { return &o.Rejected }},
	Error:    {"error", "errors", false, true, func(o *Outcomes) *uint64 { return &o.Error }},
	Timeout:  {"timeout", "time-outs", true, false, func(o *Outcomes) *uint64 { return &o.Timeout }},
}

// The compiler rejects this line if the table has fewer rows than there are
// outcomes.
var _ = [1]struct{}{}[NumOutcomes-len(outcomes)]

// AllOutcomes returns the outcomes in the order of their constants.
func AllOutcomes() []Outcome {
	all := make([]Outcome, NumOutcomes)
	for i := range all {
		all[i] = Outcome(i)
	}
	return all
}

// failures returns every outcome but OK.
func failures() []Outcome { return AllOutcomes()[OK+1:] }

// String returns the name of the outcome in files, for example "rejected".
func (o Outcome) String() string {
	if int(o) >= NumOutcomes {
		return fmt.Sprintf("Outcome(%d)", uint8(o))
	}
	return outcomes[o].name
}

// Plural names requests with the outcome in sentences, for example "refusals".
func (o Outcome) Plural() string { return outcomes[o].plural }

// Headline reports whether the latencies of such requests are part of the headline
// latency of a stream.
func (o Outcome) Headline() bool { return outcomes[o].headline }

// Ended reports whether such requests took a measurable time. The latency of those
// that did not counts as +∞.
func (o Outcome) Ended() bool { return outcomes[o].ended }

// Outcomes counts the requests of the window by outcome.
type Outcomes struct {
	// OK, Rejected, Error and Timeout count requests with the outcome of that name. Every
	// request has exactly one outcome, so the counts add up to Recorded.
	OK       uint64 `json:"ok"`
	Rejected uint64 `json:"rejected"`
	Error    uint64 `json:"error"`
	Timeout  uint64 `json:"timeout"`
}

// Add counts n more requests with an outcome.
func (o *Outcomes) Add(which Outcome, n uint64) { *outcomes[which].count(o) += n }

// Of returns the number of requests with any of the outcomes.
func (o Outcomes) Of(which ...Outcome) uint64 {
	n := uint64(0)
	for _, w := range which {
		n += *outcomes[w].count(&o)
	}
	return n
}

// Total returns the number of requests with any outcome.
func (o Outcomes) Total() uint64 {
	n := uint64(0)
	for _, row := range outcomes {
		n += *row.count(&o)
	}
	return n
}

// Unexplained returns the number of time-outs for which Errors has no reason: those whose
// deadline passed. A request that failed without an answer, such as one whose connection
// was reset, has the outcome Timeout too, and a reason.
func (s *StreamResult) Unexplained() uint64 {
	var explained uint64
	for reason, n := range s.Errors {
		if !strings.HasPrefix(reason, "wrong: ") {
			explained += n
		}
	}
	return s.Outcomes.Timeout - min(explained, s.Outcomes.Timeout)
}
