// Package flow is what one run of a flow remembers from step to step: the values that it
// extracted, and its cookies. It writes the requests of the steps and reads their answers;
// it sends nothing, and does not know when a step is due, which package attack does.
//
// Rules:
//
//   - The number of the run decides the values of all variables, so that a variable has one
//     value within a run, repeats of a step included.
//   - A value that is not there, or that cannot stand where the flow uses it, makes the
//     answer wrong. The reason does not depend on the answer.
//   - Cookies are kept as a browser keeps them: by path, until they expire, and those that
//     are Secure for https, and for this machine, alone.
package flow

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/assay-bench/assay/harness/internal/attack/message"
	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/extract"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/secret"
)

// Run is one run of a flow. It is used for one run after another.
type Run struct {
	targets *scenario.Targets
	flow    *scenario.Flow
	seed    uint64
	base    *url.URL // of the server

	number uint64
	values []string // empty: not extracted yet
	jar    http.CookieJar
	asked  *url.URL // of the request before, if there are cookies
}

// New returns the state of runs of the flow of targets, which must have one. base is the URL
// of the server.
func New(targets *scenario.Targets, seed uint64, base *url.URL) *Run {
	f := targets.Flow()
	return &Run{targets: targets, flow: f, seed: seed, base: base, values: make([]string, f.Values)}
}

// Begin forgets the run before, and begins run number k.
func (r *Run) Begin(k uint64) {
	r.number, r.jar, r.asked = k, nil, nil
	clear(r.values)
}

// Request writes the request of a step into m.
func (r *Run) Request(m *message.Message, step int) {
	Write(m, r.targets.Step(r.flow.Steps[step].Target, r.seed, r.number, r.values))
	if !r.flow.Cookies {
		return
	}
	r.asked = r.base
	if u, err := r.base.Parse(string(m.Path)); err == nil {
		r.asked = u
	}
	if r.jar != nil {
		addCookies(m, r.jar.Cookies(r.asked))
	}
}

// Write writes a request into m, and uses the memory of the one before again.
func Write(m *message.Message, q scenario.Request) {
	m.Method = q.Method()
	m.Path = q.AppendPath(m.Path[:0])
	m.Body = q.AppendBody(m.Body[:0])
	m.Header = m.Header[:0]
	for i := range q.NumHeader() {
		name, value := q.Header(i)
		m.Header = append(m.Header, message.Header{Name: name, Value: value})
	}
}

// addCookies adds cookies to the Cookie header that the step itself has, if any: a request
// has only one.
func addCookies(m *message.Message, cookies []*http.Cookie) {
	if len(cookies) == 0 {
		return
	}
	var all []string
	for _, c := range cookies {
		all = append(all, c.Name+"="+c.Value)
	}
	text := strings.Join(all, "; ")
	for i := range m.Header {
		if h := &m.Header[i]; strings.EqualFold(h.Name, "Cookie") {
			h.Value += "; " + text
			return
		}
	}
	m.Header = append(m.Header, message.Header{Name: "Cookie", Value: text})
}

// Reads reports whether the run reads the answers to a step: to extract values, or to keep
// cookies.
func (r *Run) Reads(step int) bool {
	return r.flow.Cookies || len(r.targets.Extracts(r.flow.Steps[step].Target)) > 0
}

// Took reads the answer to a step. It returns the reason if a value that the step extracts
// is not there.
func (r *Run) Took(step int, a *expect.Answer) (reason string) {
	if r.flow.Cookies {
		r.keep(a)
	}
	for _, e := range r.targets.Extracts(r.flow.Steps[step].Target) {
		value, err := extract.Value(&e.Extract, a)
		bad := e.Unfit(value)
		if err != nil {
			bad = err.Error()
			var known *extract.Error
			if errors.As(err, &known) {
				bad = known.Kind
			}
		}
		if bad != "" {
			return fmt.Sprintf("%sextract %s (%s): %s", expect.Prefix, e.Name, e.From(), bad)
		}
		r.values[e.Index] = value
	}
	return ""
}

// keep keeps the cookies that an answer sets.
func (r *Run) keep(a *expect.Answer) {
	set := a.Header.Values("Set-Cookie")
	if len(set) == 0 {
		return
	}
	if r.jar == nil {
		r.jar, _ = cookiejar.New(nil) // without options it cannot fail
	}
	r.jar.SetCookies(r.asked, (&http.Response{Header: http.Header{"Set-Cookie": set}}).Cookies())
}

// Extracted returns what a step has extracted, by name.
func (r *Run) Extracted(step int) (all []scenario.Field) {
	for _, e := range r.targets.Extracts(r.flow.Steps[step].Target) {
		if value := r.values[e.Index]; value != "" {
			all = append(all, scenario.Field{Name: e.Name, Value: value})
		}
	}
	return all
}

// Hidden reports whether a value that a run has extracted may be a secret, such as a token.
// A short one is rather a number, which stands in many texts for something else.
func Hidden(value string) bool { return len(value) >= 6 }

// Blank replaces what the run has extracted, and what may be secret, by its name, wherever
// it stands in a text. A token that a login returned is not written into a bundle because
// an answer repeats it.
func (r *Run) Blank(text string) string {
	known := map[string]string{}
	for i := range r.targets.Len() {
		for _, e := range r.targets.Extracts(i) {
			if value := r.values[e.Index]; Hidden(value) {
				known[e.Name] = value
			}
		}
	}
	return secret.New(known).Text(text)
}
