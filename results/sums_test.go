package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// New sums would hide what was changed.
func TestSumsOfAChangedBundle(t *testing.T) {
	dir := fullBundle(t, []Stream{{Name: "load", Model: ModelOpen}}, "response.ok")
	if err := os.WriteFile(logPath(dir, "s.v.b01"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, act := range map[string]func() error{
		"slim": func() error { return Slim(dir, dir+"2") }, "micro": func() error { return AddMicro(dir, []byte("text")) },
	} {
		if err := act(); err == nil || !strings.Contains(err.Error(), "s.v.b01.hlog was changed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, MicroFile)); err == nil {
		t.Error("results were added")
	}
	if different, err := Verify(dir); err != nil || len(different) != 1 {
		t.Errorf("the change is not seen any more: %v, %v", different, err)
	}
}
