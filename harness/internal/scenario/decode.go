package scenario

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder turns the nodes of one file into the types of keys.go. It reports
// everything that does not fit, instead of stopping at the first error.
type decoder struct {
	reporter
	anchors map[string]ast.Node
	copies  copies
	quoted  bool // values may contain stand-ins
	varies  bool // values may contain ${...}, which each cell replaces
}

// decodable is a value that decodes itself. Any other type is decoded as a struct.
type decodable interface {
	decode(d *decoder, n ast.Node, what string)
}

// value decodes n into the value that into points to.
func (d *decoder) value(n ast.Node, into any, what string) {
	if v, ok := into.(decodable); ok {
		v.decode(d, n, what)
		return
	}
	d.structure(n, reflect.ValueOf(into).Elem(), what)
}

// field is one key of a struct.
type field struct {
	key      string
	required bool
	varies   bool // its values may contain ${...}
	enum     []string
	value    reflect.Value
}

// fields returns the keys of a struct, including those of embedded structs.
func fields(v reflect.Value) []field {
	var all []field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		key, inline, _ := strings.Cut(t.Tag.Get("yaml"), ",")
		switch {
		case inline == "inline":
			all = append(all, fields(v.Field(i))...)
		case key != "-":
			f := field{key: key, value: v.Field(i), varies: t.Tag.Get("varies") != ""}
			for _, option := range strings.Split(t.Tag.Get("jsonschema"), ",") {
				if option == "required" {
					f.required = true
				} else if allowed, ok := strings.CutPrefix(option, "enum="); ok {
					f.enum = append(f.enum, allowed)
				}
			}
			all = append(all, f)
		}
	}
	return all
}

// structure decodes a mapping with known keys.
func (d *decoder) structure(n ast.Node, v reflect.Value, what string) {
	at, entries, ok := d.mapping(n, what)
	if p, ok := v.Addr().Interface().(interface{ place(mark) }); ok {
		p.place(at)
	}
	if !ok {
		return
	}
	known := fields(v)
	var keys, found []string
	for _, f := range known {
		keys = append(keys, f.key)
	}
	for _, e := range entries {
		i := slices.Index(keys, e.key.value)
		if i < 0 {
			d.report(e.key.mark, fmt.Sprintf("unknown key %q%s", e.key.value, inside(what)), didYouMean(e.key.value, keys))
			continue
		}
		found = append(found, e.key.value)
		d.field(known[i], e, join(what, e.key.value))
	}
	for _, f := range known {
		if f.required && !slices.Contains(found, f.key) {
			d.report(at, fmt.Sprintf("%s is missing", join(what, f.key)), "")
		}
	}
}

// field decodes the value of one key. An unknown word is only reported if the value was
// readable at all: one mistake makes one error.
func (d *decoder) field(f field, e entry, what string) {
	into := f.value.Addr()
	if f.value.Kind() == reflect.Pointer {
		into = reflect.New(f.value.Type().Elem())
		f.value.Set(into)
	}
	before, outer := len(d.errors), d.varies
	d.varies = d.varies || f.varies
	d.value(e.node, into.Interface(), what)
	if t, ok := into.Interface().(*text); ok && f.enum != nil && len(d.errors) == before && !(d.varies && strings.Contains(t.value, "${")) {
		if bad := oneOf(t.value, f.enum); bad != nil {
			d.report(t.mark, what+": "+bad.message, bad.suggestion)
		}
	}
	d.varies = outer
}

// oneOf says what is wrong with a value of which there are only a few.
func oneOf(value string, known []string) *problem {
	if slices.Contains(known, value) {
		return nil
	}
	return &problem{fmt.Sprintf("%q is unknown, expected %s", value, strings.Join(known, ", ")), nearest(value, known)}
}

// inside says in a message where a key is. At the top of the file it says nothing.
func inside(what string) string {
	if what == "" {
		return ""
	}
	return " in " + what
}

// join makes the name of a key in messages: "load.closed.clients".
func join(what, key string) string {
	if what == "" {
		return key
	}
	return what + "." + key
}

// entry is one key of a mapping with its value.
type entry struct {
	key  text
	node ast.Node
}

// mapping returns the entries of n, each key once. It returns false if n is not a
// mapping.
func (d *decoder) mapping(n ast.Node, what string) (mark, []entry, bool) {
	n = d.follow(n)
	at := markOf(n)
	m, ok := n.(ast.MapNode)
	if !ok {
		d.mismatch(n, what, "a mapping", "write key: value pairs")
		return at, nil, false
	}
	var entries []entry
	first := map[string]mark{}
	for it := m.MapRange(); it.Next(); {
		key := text{markOf(it.Key()), keyText(it.Key())}
		if it.Key().IsMergeKey() {
			d.report(key.mark, "merge keys are not supported", "write the keys out, or use an alias for a whole value")
			continue
		}
		if before, twice := first[key.value]; twice {
			d.report(key.mark, fmt.Sprintf("key %q is given twice, first in line %d", key.value, before.line), "delete one of them")
			continue
		}
		first[key.value] = key.mark
		entries = append(entries, entry{key, it.Value()})
	}
	return at, entries, true
}

// sequence returns the items of n. It returns false if n is not a list.
func (d *decoder) sequence(n ast.Node, what string) (mark, []ast.Node, bool) {
	n = d.follow(n)
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.mismatch(n, what, "a list", "write [...], or a line with - for each entry")
		return markOf(n), nil, false
	}
	return markOf(n), s.Values, true
}

// scalar returns the text of n as it was written, without quotes. Numbers and truth
// values are returned as text. It returns false if n is not a scalar.
func (d *decoder) scalar(n ast.Node, what string) (mark, string, bool) {
	n = d.follow(n)
	at := markOf(n)
	switch v := n.(type) {
	case *ast.StringNode:
		if d.quoted {
			return at, unquote.Replace(v.Value), true
		}
		return at, v.Value, true
	case *ast.LiteralNode:
		return at, v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return at, n.GetToken().Value, true
	default:
		d.mismatch(n, what, "a single value", "quote the value if it holds [, { or :")
		return at, "", false
	}
}

// mismatch reports a value of the wrong kind, and says what stands there instead.
func (d *decoder) mismatch(n ast.Node, what, expected, suggestion string) {
	found := "a single value"
	switch n.(type) {
	case nil:
		found = "nothing"
	case *ast.NullNode:
		found, suggestion = "no value", `leave the key out, or write "" for an empty text`
	case ast.MapNode:
		found = "a mapping"
	case *ast.AliasNode:
		return // follow has reported the error
	case *ast.SequenceNode:
		found = "a list"
	}
	if what == "" {
		what = "the file"
	}
	d.report(markOf(n), fmt.Sprintf("%s: expected %s, found %s", what, expected, found), suggestion)
}

// follow replaces an anchored value by the value itself, and an alias by the value
// it refers to.
func (d *decoder) follow(n ast.Node) ast.Node {
	first := markOf(n)
	for range maxDepth {
		switch v := n.(type) {
		case *ast.AnchorNode:
			d.anchors[keyText(v.Name)] = v.Value
			n = v.Value
		case *ast.AliasNode:
			name := keyText(v.Value)
			target, ok := d.anchors[name]
			if !ok {
				d.report(markOf(n), fmt.Sprintf("alias *%s has no anchor before it", name), "mark the value with &"+name)
				return n
			}
			if d.copies.tooMany(target) {
				d.tooManyCopies(markOf(n))
				return n
			}
			n = target
		default:
			return n
		}
	}
	// An anchor on an alias can refer to itself.
	d.report(first, "the alias never comes to a value", "write the value out")
	return &ast.AliasNode{Start: n.GetToken()}
}

// keyText returns the text of a key, or of the name of an anchor.
func keyText(n ast.Node) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.MappingKeyNode:
		return keyText(v.Value)
	case nil:
		return ""
	}
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

// markOf returns where n begins. The token of a mapping without braces is a colon,
// so markOf returns the place of the mapping's first key.
func markOf(n ast.Node) mark {
	if n == nil {
		return mark{1, 1}
	}
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return markOf(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return markOf(m.Key)
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return mark{1, 1}
	}
	return mark{max(t.Position.Line, 1), max(t.Position.Column, 1)}
}
