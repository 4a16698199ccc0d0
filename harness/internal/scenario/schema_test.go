package scenario

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/invopop/jsonschema"
)

// TestSchema compares with the file that editors read.
func TestSchema(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Schema()
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("schema differs from call to call (%v)", err)
	}
	golden(t, "../../../scenarios/scenario.schema.json", got)
}

// TestReference compares with the page that people read.
func TestReference(t *testing.T) {
	golden(t, "../../../docs/scenario-reference.md", reference())
}

// Every key that the decoder knows is in the schema, with a description, and
// the schema has no other.
func TestSchemaKeys(t *testing.T) {
	var check func(typ reflect.Type, s *jsonschema.Schema, where string)
	check = func(typ reflect.Type, s *jsonschema.Schema, where string) {
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if items, ok := typ.FieldByName("items"); ok { // list or pairs
			element := items.Type.Elem()
			inner := s.Items
			if len(s.OneOf) == 2 { // a single entry may stand for the list
				inner = s.OneOf[0]
			}
			if value, ok := element.FieldByName("value"); ok && element.NumField() == 2 && inner == nil {
				element, inner = value.Type, s.AdditionalProperties
			}
			check(element, inner, where+"[]")
			return
		}
		if _, leaf := reflect.New(typ).Interface().(described); leaf {
			return
		}
		known := fields(reflect.New(typ).Elem())
		if s.Properties.Len() != len(known) {
			t.Errorf("%s: schema has %d keys, decoder %d", where, s.Properties.Len(), len(known))
		}
		for _, f := range known {
			property, ok := s.Properties.Get(f.key)
			if !ok || property.Description == "" {
				t.Errorf("%s.%s: not in the schema, or not described", where, f.key)
				continue
			}
			check(f.value.Type(), property, where+"."+f.key)
		}
	}
	file := reflect.TypeFor[fileScenario]()
	check(file, schemaOf(file), "scenario")
}
