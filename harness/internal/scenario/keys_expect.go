package scenario

import (
	"encoding/json"

	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"
)

// The keys of what a right answer is. Like those of keys.go, they are the source of the
// JSON Schema.

// fileTargetExpect is the expect of a target, or of any other single request.
type fileTargetExpect struct {
	mark    `yaml:"-"`
	Status  list[text]          `yaml:"status" jsonschema_description:"Statuses that are right, like 201 or 2xx. Refusals stay refusals. Default: those that are ok in the stream."`
	Headers pairs[text]         `yaml:"headers" jsonschema_description:"Regular expressions (RE2) by the name of the header; some line of it has to match."`
	Body    list[fileBodyCheck] `yaml:"body" jsonschema_description:"Checks of the body, which all have to hold. gzip is undone for them."`
}

// fileBodyCheck is one check of a body.
type fileBodyCheck struct {
	mark     `yaml:"-"`
	Contains text    `yaml:"contains" jsonschema_description:"Text that the body contains."`
	Matches  text    `yaml:"matches" jsonschema_description:"Regular expression (RE2) that matches somewhere in the body, or, with json, in each value."`
	JSON     text    `yaml:"json" jsonschema_description:"JSON path (RFC 9535), like $.items[0].id, with one of exists, equals and matches."`
	Exists   truth   `yaml:"exists" jsonschema_description:"Whether the path leads to a value."`
	Equals   literal `yaml:"equals" jsonschema_description:"What the path leads to: a text, number, truth value, null, list or mapping."`
	Length   count   `yaml:"length" jsonschema_description:"Length of the body in bytes."`
	SHA256   text    `yaml:"sha256" jsonschema:"pattern=^[0-9A-Fa-f]{64}$" jsonschema_description:"SHA-256 of the body, in hexadecimal."`
}

// JSONSchemaExtend says that a check of a body is of exactly one kind, and which keys go
// with json.
func (fileBodyCheck) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("contains", "matches", "json", "length", "sha256")
	of := requiring("exists", "equals", "matches")
	s.OneOf[1].Not = &jsonschema.Schema{Required: []string{"json"}}
	s.OneOf[2].OneOf = of
	// A key that belongs to json is of no use without it.
	s.DependentRequired = map[string][]string{"exists": {"json"}, "equals": {"json"}}
}

// literal is any value, of the type that it has in YAML.
type literal struct {
	mark
	value any
}

// decode keeps the value as the file has it: a text, a number, a list and so on.
func (v *literal) decode(d *decoder, n ast.Node, what string) {
	v.mark = markOf(d.follow(n))
	v.value = d.literal(n, what, maxDepth)
}

// schema allows everything.
func (*literal) schema() *jsonschema.Schema { return &jsonschema.Schema{} }

// literal returns a value as encoding/json would decode it.
func (d *decoder) literal(n ast.Node, what string, depth int) any {
	n = d.follow(n)
	switch v := n.(type) {
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return v.Value
	case *ast.IntegerNode, *ast.FloatNode:
		if number := json.Number(n.GetToken().Value); json.Valid([]byte(number)) {
			return number
		}
		d.report(markOf(n), what+": "+n.GetToken().Value+" is not a number of JSON", "write it in quotes if it is a text")
		return nil
	case *ast.SequenceNode:
		all := []any{}
		for _, item := range v.Values {
			all = append(all, d.deeper(item, what, depth))
		}
		return all
	case ast.MapNode:
		_, entries, _ := d.mapping(n, what)
		all := map[string]any{}
		for _, e := range entries {
			all[e.key.value] = d.deeper(e.node, join(what, e.key.value), depth)
		}
		return all
	}
	_, text, _ := d.scalar(n, what)
	return text
}

// deeper is a value inside another one. An alias could lead back to where it stands.
func (d *decoder) deeper(n ast.Node, what string, depth int) any {
	if depth == 0 {
		d.report(markOf(n), what+" is nested too deeply", "")
		return nil
	}
	return d.literal(n, what, depth-1)
}
