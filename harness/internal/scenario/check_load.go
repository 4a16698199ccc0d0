package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/schedule"
)

// streams reads the loads. The short form is one stream, whose keys stand at the top of
// the file.
func (c *checker) streams(f *fileScenario) {
	if !f.Streams.given() {
		c.stream(defaultStream, text{}, &f.streamSpec, list[text]{}, f.mark, "")
		return
	}
	c.shortForm(&f.streamSpec)
	seen := map[string]mark{}
	for i := range f.Streams.items {
		s := &f.Streams.items[i]
		c.matches(s.Name, "streams.name", itemName, "small letters, digits, '.', '_' and -")
		c.unique(seen, s.Name, "stream")
		c.stream(s.Name.value, s.Server, &s.streamSpec, s.Objectives, s.mark, "streams.")
	}
}

// shortForm reports keys of the short form that are given in addition to streams.
func (c *checker) shortForm(f *streamSpec) {
	report := func(at mark, key string) {
		if at.given() {
			c.report(at, key+" and streams cannot both be given", "move "+key+" into the streams")
		}
	}
	if f.Load != nil {
		report(f.Load.mark, "load")
	}
	if f.Expect != nil {
		report(f.Expect.mark, "expect")
	}
	report(f.Vars.mark, "vars")
	report(f.Targets.mark, "targets")
	report(f.Flow.mark, "flow")
	report(f.Cookies.mark, "cookies")
}

// stream checks what a stream sends, and keeps how much of it for [checker.loads]. The
// stream begins at at and has objectives of its own; prefix precedes its keys in messages.
func (c *checker) stream(name string, server text, f *streamSpec, own list[text], at mark, prefix string) {
	s := Stream{Name: name, Server: c.serverRef(server, at), Timeout: defaultTimeout, Connections: defaultConnections, Transport: defaultTransport}
	if f.Load == nil {
		c.report(at, prefix+"load is missing", "add load: with closed or open")
	}
	c.requests = append(c.requests, request{spec: f, prefix: prefix, own: own})
	if f.Expect != nil {
		s.statuses = statuses{ok: c.statusSet(f.Expect.OK), rejected: c.statusSet(f.Expect.Rejected)}
		c.resolveStatuses(&s.statuses, f.Expect)
	}
	s.vars = c.vars(name, f.Vars)
	c.notExtracted(f.Vars)
	switch {
	case f.Targets.given() && f.Flow.given():
		c.report(later(f.Targets.mark, f.Flow.mark), prefix+"targets and flow cannot both be given", "keep one of them; several loads at once are streams")
	case !f.Targets.given() && !f.Flow.given():
		c.report(at, prefix+"targets is missing", "add at least one, like - {path: /}")
	}
	if f.Cookies.value && !f.Flow.given() {
		c.report(f.Cookies.mark, prefix+"cookies belong to the runs of a flow, and targets have none", "write flow: instead of targets:, or send a Cookie header")
	}
	if f.Flow.given() {
		c.flow(&s, f, prefix+"flow")
	} else {
		c.targets(&s, f.Targets.items, prefix+"targets")
	}
	c.out.Streams = append(c.out.Streams, s)
}

// later returns the place that comes later in the file.
func later(a, b mark) mark {
	if a.line > b.line || a.line == b.line && a.column > b.column {
		return a
	}
	return b
}

// serverRef returns the name of the server that a stream loads: the one that the
// stream names, or the only one.
func (c *checker) serverRef(t text, at mark) string {
	var names []string
	for _, v := range c.out.Servers {
		names = append(names, v.Name)
	}
	switch {
	case t.given() && !slices.Contains(names, t.value):
		c.report(t.mark, fmt.Sprintf("streams.server: there is no server %q", t.value), didYouMean(t.value, names))
		return t.value
	case t.given():
		return t.value
	case len(names) > 1:
		c.report(at, "the stream does not say which server it loads", "known: "+strings.Join(names, ", "))
		return names[0]
	case len(names) == 1:
		return names[0]
	default:
		return "" // reported as a missing server
	}
}

// load reads one load, of which exactly one of closed and open has to be given. The
// error stands at the later of the two, because that one was added by mistake.
func (c *checker) load(s *Stream, f *fileLoad, what string) {
	s.Timeout, s.Transport = f.Timeout.or(s.Timeout), f.Transport.or(s.Transport)
	c.positive(f.Timeout, what+".timeout")
	c.atLeastOne(f.Connections, what+".connections")
	switch {
	case f.Closed != nil && f.Open != nil:
		c.report(later(f.Closed.mark, f.Open.mark), what+": closed and open cannot both be given", "keep one; several loads at once are streams")
	case f.Closed == nil && f.Open == nil:
		c.report(f.mark, what+" has neither closed nor open", "add one of them")
	}
	if f.Closed != nil {
		s.Closed = c.closed(f.Closed, what+".closed")
		s.Connections = s.Closed.Clients
	}
	if f.Open != nil {
		s.Open = c.open(f.Open, what+".open")
	}
	s.Connections, s.NoReuse = f.Connections.or(s.Connections), !f.Reuse.or(true)
}

// closed reads a closed load, which ends by a count or by time, and not by both.
func (c *checker) closed(f *fileClosed, what string) *Closed {
	c.atLeastOne(f.Clients, what+".clients")
	c.atLeastOne(f.Requests, what+".requests")
	c.positive(f.Duration, what+".duration")
	switch {
	case f.Requests.given() && f.Duration.given():
		c.report(f.Requests.mark, what+": requests and duration cannot both be given", "keep one of them")
	case !f.Requests.given() && !f.Duration.given():
		c.report(f.mark, what+" has neither requests nor duration", "add one of them")
	}
	closed := &Closed{Clients: f.Clients.value, Requests: f.Requests.value, Duration: f.Duration.value, Think: f.Think.value}
	if f.Backoff.given() {
		closed.Backoff = &f.Backoff.value
	}
	return closed
}

// open reads an open load. A constant rate is a schedule with one stage.
func (c *checker) open(f *fileOpen, what string) *Open {
	o := &Open{Poisson: f.Arrivals.value == "poisson"}
	c.positive(f.Duration, what+".duration")
	if f.Stages.given() {
		if f.Rate.given() {
			c.report(f.Rate.mark, what+": rate and stages cannot both be given", "keep one of them")
		}
		if f.Duration.given() {
			c.report(f.Duration.mark, what+": duration and stages cannot both be given", "every stage has its own duration")
		}
		o.Stages = c.stages(f.Stages, what+".stages")
		return o
	}
	if !f.Rate.given() {
		c.report(f.mark, what+" has neither rate nor stages", "add one of them, like rate: 100/s")
	} else if f.Rate.value == 0 {
		c.report(f.Rate.mark, what+".rate is 0, expected more", "")
	}
	c.sendable(f.Rate.mark, what+".rate", f.Rate.value)
	if !f.Duration.given() {
		c.report(f.mark, what+".duration is missing", "like duration: 20s")
	}
	o.Stages = []Stage{{From: f.Rate.value, To: f.Rate.value, Duration: f.Duration.value}}
	return o
}

// stages reads the sections of an open load.
func (c *checker) stages(l list[fileStage], what string) []Stage {
	var stages []Stage
	busy := false
	for _, f := range l.items {
		c.positive(f.Duration, what+".duration")
		stage := Stage{From: f.Rate.value, To: f.Rate.value, Duration: f.Duration.value}
		if f.To.given() {
			stage.To = f.To.value
		}
		c.sendable(f.Rate.mark, what+".rate", stage.From)
		c.sendable(f.To.mark, what+".to", stage.To)
		busy = busy || stage.From > 0 || stage.To > 0
		stages = append(stages, stage)
	}
	if !busy && len(l.items) > 0 {
		c.report(l.mark, what+": every rate is 0, expected requests in some stage", "")
	}
	return stages
}

// sendable reports a rate that no machine could send.
func (c *checker) sendable(at mark, what string, rate float64) {
	if rate > schedule.MaxRate && at.given() {
		c.report(at, fmt.Sprintf("%s is %g/s, expected at most %d/s", what, rate, schedule.MaxRate), "no machine sends so much")
	}
}

// statusSet reads one list of expect. Exact codes map to true. Codes of a class map
// to false until resolveStatuses decides which outcome gets them.
func (c *checker) statusSet(l list[text]) map[int]bool {
	if !l.given() {
		return nil
	}
	set := map[int]bool{}
	seen := map[string]mark{}
	for _, t := range l.items {
		if !t.given() {
			continue
		}
		codes, class, bad := parseStatus(t.value)
		if bad != nil {
			c.report(t.mark, "expect: "+bad.message, bad.suggestion)
			continue
		}
		c.unique(seen, t, "status")
		for _, code := range codes {
			set[code] = set[code] || !class
		}
	}
	return set
}

// resolveStatuses assigns every code to one outcome. An exact code wins over a
// class. The same code or class under both outcomes is a contradiction.
func (c *checker) resolveStatuses(m *statuses, f *fileExpect) {
	for _, t := range f.Rejected.items {
		if slices.ContainsFunc(f.OK.items, func(o text) bool { return o.value == t.value }) {
			c.report(t.mark, fmt.Sprintf("expect: %q is both ok and rejected", t.value), "delete one of them")
		}
	}
	for code, exact := range m.ok {
		if other, both := m.rejected[code]; both && !exact && other {
			delete(m.ok, code)
		}
	}
	for code := range m.ok {
		delete(m.rejected, code)
		m.ok[code] = true
	}
	for code := range m.rejected {
		m.rejected[code] = true
	}
}
