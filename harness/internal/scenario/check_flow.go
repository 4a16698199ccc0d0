package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// maxSteps limits the requests of one run of a flow, repeats included.
const maxSteps = 1000

// flowExtract is a value that a step of a flow extracts.
type flowExtract struct {
	name text
	step string
	used bool // some later step uses it
}

// flow reads the steps of a flow. Each is checked like a target. In addition to what
// targets may use, a step may use what the steps before it extracted.
func (c *checker) flow(s *Stream, f *streamSpec, what string) {
	s.flow = &rawFlow{at: f.Flow.mark, cookies: f.Cookies.value}
	_, targets := f.asked()
	names := c.targetNames(targets, what)
	all := c.flowExtracts(f, names)
	in := site{own: s.Server, vars: s.vars, flow: all, extracted: c.extractedNames()}
	pause, total := mark{}, 0
	for i := range f.Flow.items {
		step := &f.Flow.items[i]
		if step.Pause.given() {
			c.pause(step, what)
			pause = step.mark
			s.flow.pause(step.Pause.value)
			if len(s.targets) == 0 {
				c.report(step.mark, what+" begins with a pause, which would only delay the first step", "delete it")
			}
			continue
		}
		if step.mark.given() && !step.Path.given() {
			c.report(step.mark, what+" has an entry that is neither a request nor a pause", "add a path, or write {pause: 100ms}")
		}
		pause = mark{}
		name := names[len(s.targets)]
		target := step.target()
		raw := c.target(s, &target, name, in, what)
		c.mentions(step, raw.body, all)
		raw.extract = c.stepExtracts(s, step, all, what)
		for _, e := range step.Extract.items {
			in.extracted = append(in.extracted, e.key.value)
		}
		c.atLeastOne(step.Repeat, what+".repeat")
		total += max(step.Repeat.or(1), 1)
		s.flow.step(len(s.targets), step.Repeat.or(1))
		s.targets = append(s.targets, raw)
	}
	if pause.given() && len(s.targets) > 0 {
		c.report(pause, what+" ends with a pause, which would delay nothing", "delete it; with a closed load, clients pause between flows for load.closed.think")
	}
	if len(s.targets) == 0 && len(f.Flow.items) > 0 {
		c.report(f.Flow.mark, what+" has no request", "add a step, like - {path: /}")
	}
	if total > maxSteps {
		c.report(f.Flow.mark, fmt.Sprintf("%s has %d requests with all repeats, expected at most %d", what, total, maxSteps), "repeat fewer times")
	}
	c.flowUsed(all)
}

// pause checks an entry that is a pause.
func (c *checker) pause(f *fileFlowStep, what string) {
	c.positive(f.Pause, what+".pause")
	others := []mark{f.Path.mark, f.Name.mark, f.Method.mark, f.Headers.mark, f.Body.mark, f.BodyFile.mark, f.Extract.mark, f.Repeat.mark, f.Objectives.mark}
	if f.Expect != nil {
		others = append(others, f.Expect.mark)
	}
	for _, at := range others {
		if at.given() {
			c.report(f.Pause.mark, what+": a pause is an entry of its own, and this one has other keys too", "write - {pause: ...} before or after the step")
			return
		}
	}
}

// flowExtracts returns all that the steps of a flow extract, and reports a name of a step
// that results have for the flow as a whole.
func (c *checker) flowExtracts(f *streamSpec, names []string) (all []flowExtract) {
	n := 0
	for i := range f.Flow.items {
		step := &f.Flow.items[i]
		if step.Pause.given() {
			continue
		}
		if step.Name.value == results.FlowTarget {
			c.report(step.Name.mark, fmt.Sprintf("step %q: results have this name for the flow as a whole", step.Name.value), "choose another name")
		}
		for _, e := range step.Extract.items {
			all = append(all, flowExtract{name: e.key, step: "step " + names[n]})
		}
		n++
	}
	c.inFlows = append(c.inFlows, all...)
	return all
}

// stepExtracts reads what a step extracts.
func (c *checker) stepExtracts(s *Stream, f *fileFlowStep, all []flowExtract, what string) (extracts []Extract) {
	for _, e := range f.Extract.items {
		key := what + ".extract." + e.key.value
		meaning := c.meaning(e.key.value)
		for _, v := range s.vars {
			if table, _, _ := strings.Cut(v.name, "."); v.name == e.key.value || table == e.key.value {
				meaning = "a variable of vars"
			}
		}
		for _, other := range all {
			if other.name.value == e.key.value && other.name.mark != e.key.mark && later(other.name.mark, e.key.mark) == e.key.mark {
				meaning = "extracted by " + other.step
			}
		}
		x := c.extract(e.key, e.value, key, meaning)
		if f.Method.value == "HEAD" && (e.value.JSON.given() || e.value.Regexp.given()) {
			c.report(e.value.mark, key+": the answer to a HEAD has no body", "extract from a header or a cookie, or use GET")
		}
		extracts = append(extracts, x)
	}
	return extracts
}

// mentions notes what a step uses of what the flow extracts.
func (c *checker) mentions(f *fileFlowStep, body string, all []flowExtract) {
	texts := []string{f.Path.value, body}
	for _, h := range f.Headers.items {
		texts = append(texts, h.value.value)
	}
	for _, t := range texts {
		parts, _, _ := split(t)
		for _, p := range parts {
			for i := range all {
				all[i].used = all[i].used || all[i].name.value == p.name
			}
		}
	}
}

// flowUsed reports values that no step uses.
func (c *checker) flowUsed(all []flowExtract) {
	for _, e := range all {
		if !e.used {
			c.report(e.name.mark, fmt.Sprintf("%s extracts %q, but no ${%s} in a later step uses it", e.step, e.name.value, e.name.value), "use it in a later step, or delete it")
		}
	}
}

// inFlow returns the step that extracts a name in the flow of the text, or "".
func (s *site) inFlow(name string) string {
	for _, e := range s.flow {
		if e.name.value == name {
			return e.step
		}
	}
	return ""
}

// isFlowExtract reports whether a step of some flow extracts the name.
func (c *checker) isFlowExtract(name string) bool {
	return slices.ContainsFunc(c.inFlows, func(e flowExtract) bool { return e.name.value == name })
}

// steady reports an open load whose warm-up is shorter than the pauses of its flow. The
// flows that are under way would still increase when the window begins, as they do when a
// server falls behind.
func (c *checker) steady(l *CellLoad, warmup mark) {
	for i := range l.Streams {
		s := &l.Streams[i]
		if pauses := s.pauses(); s.Open != nil && pauses > l.Warmup {
			at := warmup
			if !at.given() {
				at = s.flow.at
			}
			c.report(at, fmt.Sprintf("warmup is %v, and the pauses of the flow take %v: no flow would end before the window begins", l.Warmup, pauses),
				fmt.Sprintf("write warmup: %v, or more", pauses))
		}
	}
}

// pauses returns how long the pauses of one run of the stream's flow take together.
func (s *Stream) pauses() (sum time.Duration) {
	if s.flow != nil {
		for _, step := range s.flow.steps {
			sum += step.pause
		}
	}
	return sum
}
