package results

import "fmt"

// Outcome is how a request ended. To add one is to add its constant, its row in
// the table of outcomes, its count in [Outcomes], and the row of its share in the
// table of metrics; the compiler and the tests ask for those that are forgotten.
type Outcome uint8

// Outcomes of a request.
const (
	OK       Outcome = iota // an answer that the scenario expects
	Rejected                // the server refused for lack of room
	Error                   // any other answer, and answers that cannot be read
	Timeout                 // no answer in time, or none at all
	numOutcomes
)

// NumOutcomes is how many outcomes there are.
const NumOutcomes = int(numOutcomes)

// outcomes is the table, by outcome.
var outcomes = [...]struct {
	name   string // in files
	plural string // in sentences
	// headline: the latencies of these requests make the headline latency.
	headline bool
	// ended: these requests took a time that can be measured. The others count as
	// +∞ wherever they count.
	ended bool
	count func(*Outcomes) *uint64
}{
	OK:       {"ok", "successes", true, true, func(o *Outcomes) *uint64 { return &o.OK }},
	Rejected: {"rejected", "refusals", false, true, func(o *Outcomes) *uint64 { return &o.Rejected }},
	Error:    {"error", "errors", false, true, func(o *Outcomes) *uint64 { return &o.Error }},
	Timeout:  {"timeout", "time-outs", true, false, func(o *Outcomes) *uint64 { return &o.Timeout }},
}

// The compiler refuses this line if the table has fewer rows than there are
// outcomes.
var _ = [1]struct{}{}[NumOutcomes-len(outcomes)]

// AllOutcomes are the outcomes in the order of their constants.
func AllOutcomes() []Outcome {
	all := make([]Outcome, NumOutcomes)
	for i := range all {
		all[i] = Outcome(i)
	}
	return all
}

// failures are the outcomes of requests that were not answered as the scenario
// expects.
func failures() []Outcome { return AllOutcomes()[OK+1:] }

// String is the name of the outcome in files.
func (o Outcome) String() string {
	if int(o) >= NumOutcomes {
		return fmt.Sprintf("Outcome(%d)", uint8(o))
	}
	return outcomes[o].name
}

// Plural names requests of the outcome in sentences: "refusals".
func (o Outcome) Plural() string { return outcomes[o].plural }

// Headline reports whether the latencies of such requests make the headline
// latency of a stream.
func (o Outcome) Headline() bool { return outcomes[o].headline }

// Ended reports whether such requests took a time that can be measured. Those
// that did not count as +∞ wherever they count.
func (o Outcome) Ended() bool { return outcomes[o].ended }

// Outcomes counts requests of the window.
type Outcomes struct {
	OK       uint64 `json:"ok"`
	Rejected uint64 `json:"rejected"`
	Error    uint64 `json:"error"`
	Timeout  uint64 `json:"timeout"`
}

// Add counts n more requests of an outcome.
func (o *Outcomes) Add(which Outcome, n uint64) { *outcomes[which].count(o) += n }

// Of is the number of requests with any of the outcomes.
func (o Outcomes) Of(which ...Outcome) uint64 {
	n := uint64(0)
	for _, w := range which {
		n += *outcomes[w].count(&o)
	}
	return n
}

// Total is the number of requests of all outcomes.
func (o Outcomes) Total() uint64 {
	n := uint64(0)
	for _, row := range outcomes {
		n += *row.count(&o)
	}
	return n
}
