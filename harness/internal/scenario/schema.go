package scenario

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files, for editors. It
// is made from the types that the decoder fills, and its bytes are stable. Only
// [Load] finds what a schema cannot express: undefined names, and contradictions
// between distant keys. On the other hand, only Load accepts "10" for 10 and 10 for
// "10".
func Schema() ([]byte, error) {
	s := schemaOf(reflect.TypeFor[fileScenario]())
	s.Version = jsonschema.Version
	s.Title = "Assay scenario, version 1"
	s.Description = "What to compare and under which load. " +
		"${name} stands for a parameter, a variable or one of port, socket, variant, seed, layout and binary."
	if version, ok := s.Properties.Get("version"); ok {
		version.Const, version.Minimum = 1, ""
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return append(data, '\n'), nil
}

// described is a value that knows its schema.
type described interface {
	schema() *jsonschema.Schema
}

// schemaOf returns the schema of a type of keys.go, without references: a file is a
// tree, and editors show inline descriptions best.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	r := jsonschema.Reflector{
		Anonymous:                  true,
		DoNotReference:             true,
		RequiredFromJSONSchemaTags: true,
		FieldNameTag:               "yaml",
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if v, ok := reflect.New(t).Interface().(described); ok {
				return v.schema()
			}
			return nil
		},
	}
	s := r.ReflectFromType(t)
	s.Version, s.Definitions = "", nil
	return s
}

// elementSchema returns the schema of a value in a list or mapping. Texts in these
// may be written as numbers or truth values, without quotes.
func elementSchema[T any]() *jsonschema.Schema {
	t := reflect.TypeFor[T]()
	if t == reflect.TypeFor[text]() {
		return &jsonschema.Schema{Extras: map[string]any{"type": []string{"string", "number", "boolean"}}}
	}
	return schemaOf(t)
}

// schema allows texts of any content; what they may contain is checked when they are
// read.
func (*text) schema() *jsonschema.Schema { return &jsonschema.Schema{Type: "string"} }

// schema allows true and false.
func (*truth) schema() *jsonschema.Schema { return &jsonschema.Schema{Type: "boolean"} }

// schema allows whole numbers from 0; keys that want more say so in their tags.
func (*count) schema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: "0"}
}

// schema allows numbers above 0.
func (*number) schema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "number", ExclusiveMinimum: "0"}
}

// schema allows what time.ParseDuration takes, but for values below 0.
func (*duration) schema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`}
}

// schema allows a number per second, minute or hour: "100/s".
func (*rate) schema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^\+?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?/[smh]$`}
}

// schema allows lists with at least one element.
func (*list[T]) schema() *jsonschema.Schema {
	one := uint64(1)
	return &jsonschema.Schema{Type: "array", Items: elementSchema[T](), MinItems: &one}
}

// schema allows mappings with any keys.
func (*pairs[T]) schema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: elementSchema[T]()}
}

// The methods below add to the schemas of structs what the fields alone cannot
// express: which keys exclude each other.

// JSONSchemaExtend says that a file has one server or several, one load or several, and
// which promises there can be.
func (fileScenario) JSONSchemaExtend(s *jsonschema.Schema) {
	s.AllOf = []*jsonschema.Schema{
		{OneOf: requiring("server", "servers")},
		{OneOf: requiring("load targets", "load flow", "streams")},
	}
	s.DependentRequired = map[string][]string{"cookies": {"flow"}}
	for _, key := range []string{"vars", "expect"} {
		s.AllOf = append(s.AllOf, &jsonschema.Schema{Not: &jsonschema.Schema{Required: []string{key, "streams"}}})
	}
	byCell(s, "warmup")
	objectiveItems(s)
}

// objectiveItems describes the form of objectives.
func objectiveItems(s *jsonschema.Schema) {
	if objectives, ok := s.Properties.Get("objectives"); ok {
		names := strings.ReplaceAll(strings.Join(objectiveNames(), "|"), ".", `\.`)
		objectives.Items = &jsonschema.Schema{Type: "string", Pattern: "^(" + names + `) *[<>] *[^<>=]+$|` + replaced}
	}
}

// replaced matches a text in which something is replaced.
const replaced = `\$\{`

// byCell lets the values of keys be texts with ${...} too.
func byCell(s *jsonschema.Schema, keys ...string) {
	for _, key := range keys {
		p, ok := s.Properties.Get(key)
		if !ok {
			continue
		}
		literal := &jsonschema.Schema{Type: p.Type, Pattern: p.Pattern, Enum: p.Enum, Minimum: p.Minimum}
		p.Type, p.Pattern, p.Enum, p.Minimum = "", "", nil, ""
		p.AnyOf = []*jsonschema.Schema{literal, {Type: "string", Pattern: replaced}}
	}
}

// JSONSchemaExtend says that a server is either started or already runs.
func (fileServer) JSONSchemaExtend(s *jsonschema.Schema) { s.OneOf = requiring("command", "url") }

// JSONSchemaExtend says which settings need or exclude each other.
func (fileTLS) JSONSchemaExtend(s *jsonschema.Schema) {
	s.DependentRequired = map[string][]string{"cert": {"key"}, "key": {"cert"}}
	insecure := jsonschema.NewProperties()
	insecure.Set("insecure", &jsonschema.Schema{Const: true})
	s.Not = &jsonschema.Schema{Required: []string{"ca", "insecure"}, Properties: insecure}
	byCell(s, "insecure")
}

// JSONSchemaExtend says that a load is closed or open.
func (fileLoad) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("closed", "open")
	byCell(s, "timeout", "connections", "transport", "reuse")
}

// JSONSchemaExtend says that a closed load ends by a count or by time.
func (fileClosed) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("requests", "duration")
	byCell(s, "clients", "requests", "duration", "think", "backoff")
}

// JSONSchemaExtend says that an open load has one rate or stages.
func (fileOpen) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("rate duration", "stages")
	byCell(s, "rate", "arrivals", "duration")
}

// JSONSchemaExtend lets the values of a stage differ from cell to cell.
func (fileStage) JSONSchemaExtend(s *jsonschema.Schema) { byCell(s, "rate", "to", "duration") }

// JSONSchemaExtend says that a variable has one source, and which other keys that
// source allows.
func (fileVar) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("sequence", "values", "file", "csv", "random", "uuid")
	for _, excluded := range requiring("pick random", "pick uuid", "format values", "format file", "format csv", "format uuid") {
		s.AllOf = append(s.AllOf, &jsonschema.Schema{Not: excluded})
	}
	s.DependentRequired = map[string][]string{"s": {"pick"}}
}

// JSONSchemaExtend says what every stream of the long form has to have.
func (fileStream) JSONSchemaExtend(s *jsonschema.Schema) {
	s.Required = append(s.Required, "load")
	s.OneOf = requiring("targets", "flow")
	s.DependentRequired = map[string][]string{"cookies": {"flow"}}
	objectiveItems(s)
}

// JSONSchemaExtend says that a body is written out or in a file.
func (fileTarget) JSONSchemaExtend(s *jsonschema.Schema) {
	s.Not = &jsonschema.Schema{Required: []string{"body", "body_file"}}
}

// requiring returns one schema for each group of keys. The schema requires all keys
// of its group.
func requiring(groups ...string) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	for _, keys := range groups {
		all = append(all, &jsonschema.Schema{Required: strings.Fields(keys)})
	}
	return all
}
