package scenario

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// reference returns every key of a scenario file in tables of Markdown: its type, its
// default and what it means, in the words of the schema. docs/scenario-reference.md is a
// copy.
func reference() []byte {
	var b bytes.Buffer
	b.WriteString("# Scenario files: every key\n\nGenerated from the JSON Schema, which `assay schema` prints: do not edit. " +
		"[Scenario files](scenario-files.md) explains them with examples. A key in **bold** has to be given. " +
		"`[]` stands for each element of a list, and `*` for each name of a map.\n\n")
	file := schemaOf(reflect.TypeFor[fileScenario]())
	top := referenceTable{out: &b}
	var parts []string
	for pair := file.Properties.Oldest(); pair != nil; pair = pair.Next() {
		top.row(pair.Key, pair.Value, slices.Contains(file.Required, pair.Key))
		if len(inner(pair.Value)) > 0 {
			parts = append(parts, pair.Key)
		}
	}
	b.WriteString("\n")
	for _, key := range parts {
		s, _ := file.Properties.Get(key)
		fmt.Fprintf(&b, "## %s\n\n", key)
		t := referenceTable{out: &b}
		t.under(key, s)
		b.WriteString("\n")
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// referenceTable writes the rows of one table.
type referenceTable struct {
	out   *bytes.Buffer
	begun bool
}

// row writes one key.
func (t *referenceTable) row(key string, s *jsonschema.Schema, required bool) {
	if !t.begun {
		t.out.WriteString("| key | type | default | meaning |\n| --- | --- | --- | --- |\n")
		t.begun = true
	}
	name := "`" + key + "`"
	if required {
		name = "**" + name + "**"
	}
	value := ""
	if s.Default != nil {
		value = fmt.Sprintf("`%v`", s.Default)
	}
	cells := []string{name, typeWords(s), value, s.Description}
	for i := range cells {
		cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
	}
	fmt.Fprintf(t.out, "| %s |\n", strings.Join(cells, " | "))
}

// under writes all keys below a key.
func (t *referenceTable) under(key string, s *jsonschema.Schema) {
	for _, in := range inner(s) {
		for pair := in.schema.Properties.Oldest(); pair != nil; pair = pair.Next() {
			path := key + in.suffix + "." + pair.Key
			t.row(path, pair.Value, slices.Contains(in.schema.Required, pair.Key))
			t.under(path, pair.Value)
		}
	}
}

// keys is an object with keys that a value consists of.
type keys struct {
	suffix string // "", "[]" or ".*"
	schema *jsonschema.Schema
}

// inner are the objects with keys of their own that a value is, or is made of.
func inner(s *jsonschema.Schema) (parts []keys) {
	switch {
	case s == nil:
		return nil
	case s.Properties.Len() > 0:
		return []keys{{"", s}}
	case s.Items != nil:
		for _, p := range inner(s.Items) {
			parts = append(parts, keys{"[]" + p.suffix, p.schema})
		}
	case s.AdditionalProperties != nil:
		for _, p := range inner(s.AdditionalProperties) {
			parts = append(parts, keys{".*" + p.suffix, p.schema})
		}
	}
	for _, choice := range slices.Concat(s.AnyOf, s.OneOf) {
		parts = append(parts, inner(choice)...)
	}
	return parts
}

// typeWords names the type of a value for people. Values of several types, of which one
// is a text with ${...} in it, have the name of the other.
func typeWords(s *jsonschema.Schema) string {
	switch {
	case len(s.Enum) > 0:
		var words []string
		for _, v := range s.Enum {
			words = append(words, fmt.Sprintf("`%v`", v))
		}
		return strings.Join(words, ", ")
	case strings.HasSuffix(s.Pattern, "(ns|us|µs|μs|ms|s|m|h))+$"):
		return "duration"
	case strings.HasSuffix(s.Pattern, "/[smh]$"):
		return "rate"
	case s.Items != nil:
		return "list"
	case s.Properties.Len() > 0:
		return "object"
	case s.AdditionalProperties != nil && s.Type == "object":
		return "map"
	case s.Type != "":
		return s.Type
	}
	var words []string
	for _, choice := range slices.Concat(s.AnyOf, s.OneOf) {
		if w := typeWords(choice); choice.Pattern != `\$\{` && w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " or ")
}
