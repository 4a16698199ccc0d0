package secret

import (
	"reflect"
	"slices"
)

// identities are fields whose texts and keys join records to each other. They are
// names of the scenario, which is kept word by word, or fixed words of the format.
var identities = []string{"ID", "Scenario", "Variant", "Matrix", "Name", "Model", "Server", "Statuses", "Parts"}

// All blanks the secrets in every text that v points to: in structs, lists and maps,
// the keys of maps included. It leaves out the fields that identify a record.
func (b *Blanker) All(v any) {
	if b == nil || len(b.known) == 0 {
		return
	}
	b.walk(reflect.ValueOf(v))
}

// walk blanks every text that can be set below a value. Fields that identify something
// keep theirs: what refers to them would not find it.
func (b *Blanker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			b.walk(v.Elem())
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(b.Text(v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !slices.Contains(identities, f.Name) {
				b.walk(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			b.walk(v.Index(i))
		}
	case reflect.Map:
		b.walkMap(v)
	}
}

// walkMap replaces entries by blanked ones. Counts of keys that become equal are added.
func (b *Blanker) walkMap(v reflect.Value) {
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		b.walk(value)
		clean := reflect.New(key.Type()).Elem()
		clean.Set(key)
		b.walk(clean)
		if !clean.Equal(key) {
			v.SetMapIndex(key, reflect.Value{})
			if before := v.MapIndex(clean); before.IsValid() && value.CanUint() {
				value.SetUint(value.Uint() + before.Uint())
			}
		}
		v.SetMapIndex(clean, value)
	}
}
