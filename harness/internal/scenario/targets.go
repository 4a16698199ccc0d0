package scenario

import (
	"fmt"
	"math/bits"
	"net/url"
	"sort"
	"strings"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/results"
)

// Targets are the compiled requests of one stream in one cell. They do not change,
// and are safe for concurrent use.
type Targets struct {
	list []target
	ends []uint64 // cumulative sums of the weights
	salt uint64   // makes the draws of different streams independent
	flow *Flow    // nil: a hash draws the target of every request
}

// target is a compiled target: whatever varies from request to request is a segment of its own.
type target struct {
	name    string
	checks  *expect.Checks // nil: none
	method  string
	path    []segment
	headers []header
	body    []segment
	extract []FlowExtract // of a step of a flow
}

// header is a header of a target, whose value may vary.
type header struct {
	name  string
	value []segment
}

// segment is literal text, a variable, or a value that a run of a flow extracted.
type segment struct {
	text      string
	value     *variable // nil for text
	extracted int       // number of the value, from 1; 0 for everything else
	how       escaping  // of that value
}

// rawTarget is a target as written in the file, including ${...}.
type rawTarget struct {
	name    string
	checks  *expect.Checks
	method  string
	path    string
	headers []rawHeader
	body    string
	weight  int
	extract []Extract // of a step of a flow

	objectives []results.Objective // without the names of stream and target
}

// rawHeader is a header as written in the file.
type rawHeader struct{ name, value string }

// Request is one request of a stream. It is a small value, which is valid as long as
// its Targets. The methods that append allocate memory only if dst has to grow.
type Request struct {
	target  *target
	index   int
	seed, k uint64
	values  []string // what the run of a flow extracted
}

// At returns request k of the stream, from 0. The result is a pure function of seed
// and k: a hash of both draws the target by weight, and every variable takes a value
// that depends on seed and k alone.
func (t *Targets) At(seed, k uint64) Request {
	i := t.Draw(seed, k)
	return Request{target: &t.list[i], index: i, seed: seed, k: k}
}

// Draw returns the number of the target of request k, from 0 in the order of the file. It
// is that of [Targets.At].
func (t *Targets) Draw(seed, k uint64) int {
	i := 0
	if len(t.list) > 1 {
		total := t.ends[len(t.ends)-1]
		// The draw is scaled by multiplication. Its bias is below total/2⁶⁴.
		draw, _ := bits.Mul64(splitmix(seed^t.salt, k), total)
		i = sort.Search(len(t.ends), func(i int) bool { return draw < t.ends[i] })
	}
	return i
}

// First returns the first request that target i would get if it were the only one.
func (t *Targets) First(i int, seed uint64) Request {
	return Request{target: &t.list[i], index: i, seed: seed}
}

// Len returns the number of targets.
func (t *Targets) Len() int { return len(t.list) }

// Names returns the names of the targets, in the order of the file.
func (t *Targets) Names() []string {
	names := make([]string, len(t.list))
	for i := range t.list {
		names[i] = t.list[i].name
	}
	return names
}

// Checks returns what the answers to a target have to be, by its number; nil if nothing
// is expected of them but their status.
func (t *Targets) Checks(i int) *expect.Checks { return t.list[i].checks }

// Index returns the number of the target, from 0 in the order of the file.
func (r Request) Index() int { return r.index }

// Method returns the HTTP method of the request.
func (r Request) Method() string { return r.target.method }

// AppendPath appends the path and the query, escaped as they are sent.
func (r Request) AppendPath(dst []byte) []byte { return r.append(dst, r.target.path) }

// AppendBody appends the body, which may be empty.
func (r Request) AppendBody(dst []byte) []byte { return r.append(dst, r.target.body) }

// NumHeader returns the number of headers.
func (r Request) NumHeader() int { return len(r.target.headers) }

// Header returns the name and the value of header i, as written in the file. It
// allocates memory only if the value contains a variable.
func (r Request) Header(i int) (name, value string) {
	h := r.target.headers[i]
	switch {
	case len(h.value) == 0:
		return h.name, ""
	case len(h.value) == 1 && h.value[0].value == nil && h.value[0].extracted == 0:
		return h.name, h.value[0].text
	default:
		return h.name, string(r.append(nil, h.value))
	}
}

// append writes the segments for this request. It allocates nothing if dst has room.
func (r Request) append(dst []byte, segments []segment) []byte {
	for i := range segments {
		switch s := &segments[i]; {
		case s.value != nil:
			dst = s.value.append(dst, r.seed, r.k)
		case s.extracted > 0:
			dst = append(dst, s.how.escape(r.values[s.extracted-1])...)
		default:
			dst = append(dst, s.text...)
		}
	}
	return dst
}

// splitmix returns output k of the SplitMix64 generator with the given seed (Steele,
// Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
func splitmix(seed, k uint64) uint64 {
	z := seed + (k+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// compile turns the targets of a stream into the form that At uses. lookup knows
// every name except the variables of the stream and what setup extracted.
func (s *Stream) compile(lookup func(string) (string, bool), extracted map[string]string) (*Targets, error) {
	c := compiler{lookup: lookup, extracted: extracted, vars: s.vars, escaped: map[escapedVar]*variable{}}
	t := &Targets{salt: salt("targets/" + s.Name)}
	c.number(s.targets)
	var sum uint64
	for _, raw := range s.targets {
		next := target{name: raw.name, checks: raw.checks, method: raw.method}
		var err error
		if next.path, err = c.path(raw.path); err != nil {
			return nil, err
		}
		if next.body, err = c.segments(raw.body, asIs); err != nil {
			return nil, err
		}
		for _, h := range raw.headers {
			value, err := c.segments(h.value, asIs)
			if err == nil {
				err = checkHeader(literalOf(value)).asError()
			}
			if err != nil {
				return nil, fmt.Errorf("header %s: %w", h.name, err)
			}
			c.note(value, func(x *FlowExtract) { x.Header = true })
			next.headers = append(next.headers, header{h.name, value})
		}
		sum += uint64(raw.weight)
		t.list = append(t.list, next)
		t.ends = append(t.ends, sum)
	}
	c.deal(s, t)
	return t, nil
}

// escaping says how the values of a variable are escaped.
type escaping int

const (
	asIs escaping = iota
	inPath
	inQuery
)

// escape escapes one value.
func (e escaping) escape(value string) string {
	switch e {
	case inPath:
		return url.PathEscape(value)
	case inQuery:
		return url.QueryEscape(value)
	}
	return value
}

// escapedVar is a variable in one of the ways in which it is escaped.
type escapedVar struct {
	name string
	how  escaping
}

// compiler turns the texts of targets and steps into segments. Names that lookup knows are
// replaced at once; variables and extracted values stay segments. A variable that is escaped
// in one way is escaped once for all targets.
type compiler struct {
	lookup    func(string) (string, bool)
	extracted map[string]string // by setup; data, like the values of variables
	vars      []variable
	escaped   map[escapedVar]*variable

	flow []FlowExtract // what the steps of the flow extract

	escapeSecrets bool // secrets may stand in paths, where they are escaped
}

// path compiles a path with its query. A variable is escaped as a path segment, or
// as a query value after the first '?'. If the path is nothing but one variable, its
// values are whole paths and are used unchanged.
func (c *compiler) path(raw string) ([]segment, error) {
	parts, _, _ := split(raw)
	if len(parts) != 1 {
		return c.segments(raw, inPath)
	}
	if value, ok := c.extracted[parts[0].name]; ok {
		return []segment{{text: value}}, checkPath(value).asError()
	}
	if c.find(parts[0].name) != nil {
		return c.segments(raw, asIs)
	}
	if c.inFlow(parts[0].name) > 0 {
		segments, err := c.segments(raw, asIs)
		c.note(segments, func(x *FlowExtract) { x.Path = true })
		return segments, err
	}
	return c.segments(raw, inPath)
}

// segments divides a text into fixed parts and variables. Everything that is the same
// in all requests is replaced once, here. What follows a question mark in a path is a
// query, where other characters have to be escaped.
func (c *compiler) segments(raw string, how escaping) ([]segment, error) {
	parts, bad, _ := split(raw)
	if bad != nil {
		return nil, fmt.Errorf("compile %q: %s", raw, bad.message)
	}
	var segments []segment
	for _, p := range parts {
		if v := c.find(p.name); v != nil {
			segments = append(segments, segment{value: c.variable(v, how)})
			continue
		}
		if n := c.inFlow(p.name); n > 0 {
			segments = append(segments, segment{extracted: n, how: how})
			continue
		}
		text := p.text
		if value, ok := c.given(p.name, how); ok {
			text = value
		} else if p.name != "" {
			value, ok := c.lookup(p.name)
			if !ok {
				return nil, fmt.Errorf("compile %q: ${%s} is not defined", raw, p.name)
			}
			text = value
		}
		if how == inPath && strings.Contains(text, "?") {
			how = inQuery
		}
		if n := len(segments); n > 0 && segments[n-1].value == nil && segments[n-1].extracted == 0 {
			segments[n-1].text += text // fewer calls of append per request
			continue
		}
		segments = append(segments, segment{text: text})
	}
	return segments, nil
}

// find returns the variable of a name, or nil.
func (c *compiler) find(name string) *variable {
	for i := range c.vars {
		if c.vars[i].name == name {
			return &c.vars[i]
		}
	}
	return nil
}

// variable returns v with escaped values. It returns the same copy for every call.
func (c *compiler) variable(v *variable, how escaping) *variable {
	key := escapedVar{v.name, how}
	if c.escaped[key] == nil {
		c.escaped[key] = v
		if how != asIs {
			c.escaped[key] = v.mapped(how.escape)
		}
	}
	return c.escaped[key]
}
