package command

import (
	"strings"
	"testing"
)

func TestRateFlag(t *testing.T) {
	for text, want := range map[string]float64{"500": 500, "500/s": 500, "90/m": 1.5, "1e3": 1000} {
		var r float64
		if err := (*perSec)(&r).Set(text); err != nil || r != want {
			t.Errorf("%q: %v, %v, want %v", text, r, err, want)
		}
	}
	for text, want := range map[string]string{
		"500rps": "did you mean 500/s?",
		"many":   `"many" is not a rate, expected a number and /s, /m or /h (like 2000/s)`,
		"":       "is not a rate",
	} {
		var r float64
		if err := (*perSec)(&r).Set(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
