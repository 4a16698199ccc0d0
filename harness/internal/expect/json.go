package expect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// Path is a JSON path (RFC 9535).
type Path struct {
	text  string
	query *jsonpath.Path
	// steps are the names and indexes of a path that selects one value at most. Such a
	// value is found without decoding all of the document, which costs several times as
	// much. nil: the path may select several.
	steps []spec.Selector
}

// ParsePath reads a path. Its error says what is wrong and where.
func ParsePath(text string) (*Path, error) {
	query, err := jsonpath.Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), jsonpath.ErrPathParse.Error()+": "))
	}
	p := &Path{text: text, query: query}
	if query.Query().Singular() != nil {
		p.steps = []spec.Selector{} // of "$" there are none
		for _, s := range query.Query().Segments() {
			p.steps = append(p.steps, s.Selectors()...)
		}
	}
	return p, nil
}

// String returns the path as it was written.
func (p *Path) String() string { return p.text }

// ErrNoJSON is the error of a body that is not one JSON value.
var ErrNoJSON = errors.New("body is no JSON")

// Values returns what the path selects in a body, as encoding/json decodes it, with
// numbers as json.Number. The error is [ErrNoJSON].
func (p *Path) Values(plain []byte) ([]any, error) {
	b := body{plain: plain}
	raw, err := p.selected(&b)
	if err != nil {
		return nil, err
	}
	var all []any
	for _, r := range raw {
		all = append(all, r.decoded())
	}
	return all, nil
}

// document is what is known of a body as JSON.
type document struct {
	checked, valid bool
	value          any
	whole          bool // value is decoded
}

// node is a selected value: its text, or, where that was not looked for, what it is.
type node struct {
	raw   []byte
	value any
}

// decoded is the value of a node.
func (n node) decoded() any {
	if n.raw == nil {
		return n.value
	}
	v, _ := decode(n.raw) // a part of a valid document
	return v
}

// decode decodes one JSON value.
func decode(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// selected returns what the path selects.
func (p *Path) selected(b *body) ([]node, error) {
	if !b.checked {
		b.checked, b.valid = true, json.Valid(b.plain)
	}
	if !b.valid {
		return nil, ErrNoJSON
	}
	if p.steps != nil {
		if raw := walk(b.plain, p.steps); raw != nil {
			return []node{{raw: raw}}, nil
		}
		return nil, nil
	}
	if !b.whole {
		b.whole = true
		b.value, _ = decode(b.plain)
	}
	var all []node
	for _, v := range p.query.Select(b.value) {
		all = append(all, node{value: v})
	}
	return all, nil
}

// pathCheck is a check of the values that a path selects.
type pathCheck struct {
	path   *Path
	none   bool            // nothing must be selected
	holds  func(node) bool // nil: whatever is selected
	reason string
}

// Exists wants the path to select something, or nothing.
func (p *Path) Exists(want bool) BodyCheck {
	c := &pathCheck{path: p, none: !want, reason: p.text + " is not there"}
	if !want {
		c.reason = p.text + " is there"
	}
	return c
}

// Equals wants the path to select values that equal the given one. That consists of what
// encoding/json decodes: nil, bool, string, json.Number or float64, []any and
// map[string]any.
func (p *Path) Equals(want any) (BodyCheck, error) {
	text, err := json.Marshal(want)
	if err != nil {
		return nil, err
	}
	value, err := decode(text)
	if err != nil {
		return nil, err
	}
	holds := func(n node) bool {
		return n.raw != nil && bytes.Equal(n.raw, text) || same(n.decoded(), value)
	}
	return &pathCheck{path: p, holds: holds, reason: fmt.Sprintf("%s is not %s", p.text, quotedOnce(string(text)))}, nil
}

// Matches wants the path to select values that the pattern matches: the text of a string,
// and of another value its JSON.
func (p *Path) Matches(pattern *regexp.Regexp) BodyCheck {
	holds := func(n node) bool {
		v := n.decoded()
		if s, ok := v.(string); ok {
			return pattern.MatchString(s)
		}
		text := n.raw
		if text == nil {
			text, _ = json.Marshal(v)
		}
		return pattern.Match(text)
	}
	return &pathCheck{path: p, holds: holds, reason: fmt.Sprintf("%s does not match %s", p.text, quoted(pattern.String()))}
}

// failed implements BodyCheck.
func (c *pathCheck) failed(b *body) string {
	found, err := c.path.selected(b)
	switch {
	case err != nil:
		return err.Error()
	case c.none && len(found) > 0:
		return c.reason
	case c.none:
		return ""
	case len(found) == 0:
		return c.path.text + " is not there"
	case c.holds != nil && slices.ContainsFunc(found, func(n node) bool { return !c.holds(n) }):
		return c.reason
	}
	return ""
}

// quotedOnce shortens a text that has its own quotes.
func quotedOnce(s string) string {
	if r := []rune(s); len(r) > mostQuoted {
		s = string(r[:mostQuoted-1]) + "…"
	}
	return s
}
