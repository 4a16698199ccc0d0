package trial

import (
	"fmt"
	"sync"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/opener"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// What to do about a server to which connections are opened slowly: one whose queue for them
// was full, so that attempts had no answer, and one that was slow otherwise, as with TLS.
const (
	openingAdvice = "the usual cause is a server that accepts connections slowly, with a short queue for them: raise the backlog of its listener, or lower `connections`"
	slowAdvice    = "the server or this machine was too busy for more: lower `connections`, or measure later"
)

// fewAgain is the share of repeated attempts below which they are not what made it slow.
const fewAgain = 0.01

// tellWhileOpening tells the user if it takes long to open the connections of all streams,
// while it lasts. The caller calls done when they are open; nothing is told after that.
func (r *runner) tellWhileOpening() (done func()) {
	if r.spec.Tell == nil {
		return func() {}
	}
	n := 0
	for i := range r.resolved.Streams {
		n += r.resolved.Streams[i].Connections
	}
	var mu sync.Mutex
	over := false
	timer := time.AfterFunc(opener.Slow(n), func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			r.spec.Tell(fmt.Sprintf("%s: still opening %s to the server, which usually takes %s: %s",
				r.spec.ID(), text.Count(n, "connection"), text.Duration(opener.Usual(n)), openingAdvice))
		}
	})
	return func() {
		timer.Stop()
		mu.Lock()
		defer mu.Unlock()
		over = true
	}
}

// slowOpening says that the connections of a stream were opened slowly, or returns "".
func slowOpening(s *results.StreamResult) string {
	o := s.Opening
	if o == nil || o.Took <= opener.Slow(o.Connections).Seconds() {
		return ""
	}
	again, advice := "", slowAdvice
	if float64(o.Again) >= fewAgain*float64(o.Connections) {
		again = fmt.Sprintf(" (%s had no answer and had to be repeated)", text.Count(int(o.Again), "attempt"))
		advice = openingAdvice
	}
	return fmt.Sprintf("it took %.1f s to open %s before the load, instead of about %.1f s%s; %s",
		o.Took, text.Count(o.Connections, "connection"), opener.Usual(o.Connections).Seconds(), again, advice)
}
