package scenario

import (
	"time"

	"github.com/assay-bench/assay/results"
)

// Flow says in which order one run makes the requests of a stream. The requests are those
// of [Targets], which [Targets.Step] returns.
type Flow struct {
	Steps   []FlowStep // at least one, repeats written out
	Cookies bool       // every run keeps cookies
	Values  int        // how many values a run extracts
}

// FlowStep is one request of a run.
type FlowStep struct {
	Target int           // the number of the target that has its results
	Pause  time.Duration // between the end of the answer before and this request
}

// FlowExtract says what a step extracts, and where the value belongs.
type FlowExtract struct {
	Extract
	Index int // among the values of a run
	// Path and Header say that the value is used as a whole path, or in a header. Not every
	// text can stand there.
	Path, Header bool
}

// rawFlow is a flow as written in the file; the requests are the targets of the stream.
type rawFlow struct {
	at      mark
	steps   []rawStep
	cookies bool
	waiting time.Duration // pauses since the last step
}

// rawStep is one entry of a flow that is a request.
type rawStep struct {
	target int
	pause  time.Duration // before it
	repeat int
}

// pause adds a pause before the next step.
func (f *rawFlow) pause(d time.Duration) { f.waiting += d }

// step adds a step.
func (f *rawFlow) step(target, repeat int) {
	f.steps = append(f.steps, rawStep{target, f.waiting, repeat})
	f.waiting = 0
}

// compile writes out the repeats. A pause is made once, before the first of them.
func (f *rawFlow) compile(values int) *Flow {
	flow := &Flow{Cookies: f.cookies, Values: values}
	for _, s := range f.steps {
		for n := range s.repeat {
			step := FlowStep{Target: s.target}
			if n == 0 {
				step.Pause = s.pause
			}
			flow.Steps = append(flow.Steps, step)
		}
	}
	return flow
}

// perArrival returns how many requests an arrival of the stream makes: one, or all steps of
// a flow.
func (s *Stream) perArrival() int {
	if s.flow == nil {
		return 1
	}
	n := 0
	for _, step := range s.flow.steps {
		n += step.repeat
	}
	return n
}

// record returns the flow as a bundle records it.
func (f *rawFlow) record(targets []rawTarget) *results.Flow {
	r := &results.Flow{Cookies: f.cookies}
	for _, s := range f.steps {
		r.Steps = append(r.Steps, results.FlowStep{Target: targets[s.target].name, Pause: s.pause, Repeat: s.repeat})
	}
	return r
}

// Pauses returns how long the pauses of the longest flow take together: no flow of an open
// load ends earlier, so its warm-up is at least as long.
func (l *CellLoad) Pauses() (longest time.Duration) {
	for i := range l.Streams {
		if l.Streams[i].Open != nil {
			longest = max(longest, l.Streams[i].pauses())
		}
	}
	return longest
}

// Flow returns the order of the requests of one run, or nil if the stream has no flow.
func (t *Targets) Flow() *Flow { return t.flow }

// Extracts returns what the step with the results of target i extracts.
func (t *Targets) Extracts(i int) []FlowExtract { return t.list[i].extract }

// Step returns the request of a step: that of target i in a run, with the values that the
// run has extracted so far. All variables take the values that the number of the run
// decides, so that each has one value within a run. The values are not copied.
func (t *Targets) Step(i int, seed, run uint64, values []string) Request {
	return Request{target: &t.list[i], index: i, seed: seed, k: run, values: values}
}

// number gives every value that the steps of a flow extract its number.
func (c *compiler) number(steps []rawTarget) {
	for _, s := range steps {
		for _, e := range s.extract {
			c.flow = append(c.flow, FlowExtract{Extract: e, Index: len(c.flow)})
		}
	}
}

// inFlow returns the number, from 1, of the value that a step extracts under a name, or 0.
func (c *compiler) inFlow(name string) int {
	for i := range c.flow {
		if c.flow[i].Name == name {
			return i + 1
		}
	}
	return 0
}

// note calls set for every extracted value among the segments.
func (c *compiler) note(segments []segment, set func(*FlowExtract)) {
	for i := range segments {
		if n := segments[i].extracted; n > 0 {
			set(&c.flow[n-1])
		}
	}
}

// deal gives the steps what they extract, which is complete when all of them are
// compiled, and the targets their flow.
func (c *compiler) deal(s *Stream, t *Targets) {
	if s.flow == nil {
		return
	}
	t.flow = s.flow.compile(len(c.flow))
	next := 0
	for i := range s.targets {
		n := len(s.targets[i].extract)
		t.list[i].extract = c.flow[next : next+n : next+n]
		next += n
	}
}

// Unfit says why a value cannot be used where the flow uses it, or returns "".
func (e *FlowExtract) Unfit(value string) string {
	switch {
	case e.Path && checkPath(value) != nil:
		return "the value is no path"
	case e.Header && checkHeader(value) != nil:
		return "the value has a line end or another control character, and stands in a header"
	}
	return ""
}
