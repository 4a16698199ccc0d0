package scenario

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What editors show as the default of a key is what the key's absence means.
func TestDefaultsAreThoseOfTheSchema(t *testing.T) {
	check := func(keys any, key, want string) {
		t.Helper()
		typ := reflect.TypeOf(keys)
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Tag.Get("yaml") == key {
				for _, part := range strings.Split(f.Tag.Get("jsonschema"), ",") {
					if got, ok := strings.CutPrefix(part, "default="); ok && got != want {
						t.Errorf("%s: the schema says %s, the checks %s", key, got, want)
					} else if ok {
						return
					}
				}
			}
		}
		t.Errorf("%s: the schema has no default", key)
	}
	duration := func(d time.Duration) string { return strconv.Itoa(int(d/time.Second)) + "s" }
	check(fileScenario{}, "blocks", strconv.Itoa(DefaultBlocks))
	check(fileScenario{}, "warmup", duration(defaultWarmup))
	check(fileLoad{}, "timeout", duration(defaultTimeout))
	check(fileLoad{}, "transport", defaultTransport)
	check(fileVar{}, "s", strconv.FormatFloat(defaultZipf, 'g', -1, 64))
	check(fileHook{}, "timeout", duration(defaultHookTimeout))
	check(fileStep{}, "timeout", duration(defaultTimeout))
	check(fileReady{}, "path", defaultReadyPath)
	check(fileReady{}, "timeout", duration(defaultReadyTimeout))
	check(fileStop{}, "signal", defaultStopSignal)
	check(fileStop{}, "timeout", duration(defaultStopTimeout))
}
