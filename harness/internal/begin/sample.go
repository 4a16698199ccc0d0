package begin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

var (
	notVariable = regexp.MustCompile(`[^A-Z0-9]+`)
	notTarget   = regexp.MustCompile(`[^a-z0-9]+`)
	humps       = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	numbered    = regexp.MustCompile(`-[0-9]+$`)
)

// targetName makes the name of a target from an operation's: getUser becomes get-user. A
// name must not end in a hyphen and digits.
func targetName(id string) string {
	name := strings.Trim(notTarget.ReplaceAllString(strings.ToLower(humps.ReplaceAllString(id, "$1-$2")), "-"), "-")
	if numbered.MatchString(name) {
		name += "-x"
	}
	return name
}

// deepest bounds how far a schema is followed that contains itself, and widest how many
// values are made of one: of ten properties that contain themselves there are a million.
const (
	deepest = 6
	widest  = 10_000
)

// sample makes a value of a schema: its example, constant, default or first enumerated
// value, or else the simplest value of its type. Required or not, every property is
// given a value, but for those that only servers send.
func sample(s *openapi3.Schema) any {
	m := maker{left: widest}
	return m.value(s, 0)
}

// maker makes the values of one schema.
type maker struct{ left int }

// parameterValue is the value of a parameter as a text, and whether the document gives it.
func parameterValue(p *openapi3.Parameter) (v string, given bool) {
	switch {
	case p.Example != nil:
		return plain(p.Example), true
	case len(p.Examples) > 0:
		if e := p.Examples[slices.Min(slices.Collect(maps.Keys(p.Examples)))]; e != nil && e.Value != nil && e.Value.Value != nil {
			return plain(e.Value.Value), true
		}
	}
	if p.Schema == nil || p.Schema.Value == nil {
		for _, kind := range slices.Sorted(maps.Keys(p.Content)) {
			return jsonText(mediaValue(p.Content[kind])), false
		}
		return "1", false
	}
	s := p.Schema.Value
	return plain(sample(s)), s.Example != nil || len(s.Examples) > 0 || s.Default != nil
}

// mediaValue is the value of a body.
func mediaValue(m *openapi3.MediaType) any {
	switch {
	case m == nil:
		return nil
	case m.Example != nil:
		return m.Example
	case len(m.Examples) > 0:
		if e := m.Examples[slices.Min(slices.Collect(maps.Keys(m.Examples)))]; e != nil && e.Value != nil && e.Value.Value != nil {
			return e.Value.Value
		}
	}
	if m.Schema == nil || m.Schema.Value == nil {
		return nil
	}
	return sample(m.Schema.Value)
}

// value makes the value of a schema at a depth below the first.
func (m *maker) value(s *openapi3.Schema, depth int) any {
	if m.left--; s == nil || depth > deepest || m.left < 0 {
		return nil
	}
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Const != nil:
		return s.Const
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	for _, choice := range slices.Concat(s.OneOf, s.AnyOf) {
		if choice != nil && choice.Value != nil {
			return m.value(choice.Value, depth+1)
		}
	}
	switch {
	case s.Type.Is("object") || len(s.Properties) > 0 || len(s.AllOf) > 0:
		return m.object(s, depth)
	case s.Type.Permits("array") && s.Items != nil:
		if v := m.value(s.Items.Value, depth+1); v != nil {
			return []any{v}
		}
		return []any{}
	case s.Type.Permits("integer") && !s.Type.IsEmpty(), s.Type.Permits("number") && !s.Type.IsEmpty():
		if s.Min != nil && *s.Min > 1 {
			return *s.Min
		}
		return 1
	case s.Type.Permits("boolean") && !s.Type.IsEmpty():
		return true
	}
	return sampleText(s)
}

// object makes an object with all properties that a client sends. A schema of
// several parts has those of all of them.
func (m *maker) object(s *openapi3.Schema, depth int) any {
	all := map[string]any{}
	for _, part := range s.AllOf {
		if part == nil || part.Value == nil {
			continue
		}
		v, ok := m.value(part.Value, depth+1).(map[string]any)
		if !ok && len(s.AllOf) == 1 && len(s.Properties) == 0 {
			return m.value(part.Value, depth+1)
		}
		maps.Copy(all, v)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p == nil || p.Value == nil || p.Value.ReadOnly {
			continue
		}
		if v := m.value(p.Value, depth+1); v != nil {
			all[name] = v
		}
	}
	return all
}

// sampleText makes a text of the right form and length.
func sampleText(s *openapi3.Schema) string {
	forms := map[string]string{
		"date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "time": "12:00:00Z", "uuid": "00000000-0000-4000-8000-000000000001",
		"email": "someone@example.com", "uri": "https://example.com/", "url": "https://example.com/", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
		"hostname": "example.com", "byte": "dGV4dA==",
	}
	if v, ok := forms[s.Format]; ok {
		return v
	}
	text := "text"
	if n := min(int(min(s.MinLength, 1000)), 1000); len(text) < n {
		text = strings.Repeat("x", n)
	}
	if s.MaxLength != nil && uint64(len(text)) > *s.MaxLength {
		text = text[:*s.MaxLength]
	}
	return text
}

// plain is a value as it stands in a path or a query.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, plain(e))
		}
		return strings.Join(parts, ",")
	case map[string]any:
		return jsonText(v)
	}
	return fmt.Sprint(v)
}

// jsonText is a value in JSON.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
