package scenario

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/theory/jsonpath"

	"github.com/assay-bench/assay/harness/internal/expect"
)

// Hook is a command that runs beside every trial, outside of all measured times.
type Hook struct {
	Command []string      // program and arguments, run without a shell
	Dir     string        // the folder of the scenario file
	Timeout time.Duration // how long it may take
}

// Step is one request of setup. In a [Scenario] its strings still contain ${...};
// [Scenario.ResolveStep] returns it with the values of a trial.
type Step struct {
	Name    string        // for messages; unique among the steps
	Server  string        // the name of the server that is asked
	Method  string        // of HTTP
	Path    string        // and query
	Headers []Field       // one line each, in order
	Body    string        // empty: none is sent
	Timeout time.Duration // how long the answer may take
	Extract []Extract     // values that later requests use

	// Checks are what the answer has to be; nil: nothing beyond its status.
	Checks *expect.Checks

	status map[int]bool // nil for 2xx and 3xx
}

// Field is a header of a request.
type Field struct{ Name, Value string }

// Extract says where in an answer the value of ${Name} stands. Exactly one of the
// other fields is set.
type Extract struct {
	Name   string
	JSON   *jsonpath.Path // selects one value of the body
	Header string         // name of a header of the answer
	Cookie string         // name of a cookie that the answer sets
	Regexp *regexp.Regexp // with one group, which is the value; for the body
}

// From says in the words of a scenario file where the value stands.
func (e Extract) From() string {
	switch {
	case e.JSON != nil:
		return "json " + e.JSON.String()
	case e.Header != "":
		return "header " + e.Header
	case e.Cookie != "":
		return "cookie " + e.Cookie
	case e.Regexp != nil:
		return "regexp " + e.Regexp.String()
	}
	return ""
}

// Expects reports whether an answer with this status is right.
func (s *Step) Expects(status int) bool {
	if s.status == nil {
		return status >= 200 && status <= 399
	}
	return s.status[status]
}

// Wanted describes the statuses that are right, for messages.
func (s *Step) Wanted() string {
	if s.status == nil {
		return "2xx or 3xx"
	}
	var list []string
	for class := 100; class < 600; class += 100 {
		var codes []string
		for code := class; code < class+100; code++ {
			if s.status[code] {
				codes = append(codes, fmt.Sprint(code))
			}
		}
		if len(codes) == 100 {
			codes = []string{fmt.Sprintf("%dxx", class/100)}
		}
		list = append(list, codes...)
	}
	return strings.Join(list, " or ")
}

// Extracts returns the names that setup gives a value, in the order of the file.
func (s *Scenario) Extracts() []string {
	var names []string
	for _, step := range s.Setup {
		for _, e := range step.Extract {
			names = append(names, e.Name)
		}
	}
	return names
}

// ResolveStep returns request i of setup for a cell. env holds what the requests
// before it extracted. An error says that an extracted value does not fit its place.
func (s *Scenario) ResolveStep(i int, cell Cell, env Env) (Step, error) {
	step := s.Setup[i]
	c := compiler{lookup: s.lookup(cell, env, step.Server), extracted: env.Extracted, escapeSecrets: true}
	var err error
	if step.Path, err = c.stepPath(step.Path); err != nil {
		return step, fmt.Errorf("setup %s: path: %w", step.Name, err)
	}
	if step.Body, err = c.text(step.Body, asIs); err != nil {
		return step, fmt.Errorf("setup %s: body: %w", step.Name, err)
	}
	step.Headers = slices.Clone(step.Headers)
	for i, h := range step.Headers {
		value, err := c.text(h.Value, asIs)
		if err == nil {
			err = checkHeader(value).asError()
		}
		if err != nil {
			return step, fmt.Errorf("setup %s: header %s: %w", step.Name, h.Name, err)
		}
		step.Headers[i].Value = value
	}
	return step, nil
}

// stepPath compiles the path of a step, in which nothing varies.
func (c *compiler) stepPath(raw string) (string, error) {
	segments, err := c.path(raw)
	if err != nil {
		return "", err
	}
	final := literalOf(segments)
	return final, checkPath(final).asError()
}

// text compiles a text in which nothing varies.
func (c *compiler) text(raw string, how escaping) (string, error) {
	segments, err := c.segments(raw, how)
	return literalOf(segments), err
}

// literalOf joins segments of which none varies.
func literalOf(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.text)
	}
	return b.String()
}

// given returns the value of a name that is data and not a part of the scenario:
// what setup extracted. In a path it is escaped like a variable.
func (c *compiler) given(name string, how escaping) (string, bool) {
	value, ok := c.extracted[name]
	if !ok && c.escapeSecrets && strings.HasPrefix(name, secretPrefix) {
		value, ok = c.lookup(name)
	}
	if !ok {
		return "", false
	}
	return how.escape(value), true
}

// resolveHook returns a hook with every ${...} replaced, or nil.
func (s *Scenario) resolveHook(h *Hook, lookup func(string) (string, bool)) (*Hook, error) {
	if h == nil {
		return nil, nil
	}
	out := &Hook{Dir: filepath.Dir(s.File), Timeout: h.Timeout}
	for _, word := range h.Command {
		final, err := expand(word, lookup)
		if err != nil {
			return nil, err
		}
		out.Command = append(out.Command, final)
	}
	return out, nil
}

// complete reports whether env has everything that setup extracts.
func (s *Scenario) complete(env Env) bool {
	for _, name := range s.Extracts() {
		if _, ok := env.Extracted[name]; !ok {
			return false
		}
	}
	return true
}
