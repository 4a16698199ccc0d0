package events

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	last := func(want Event) {
		t.Helper()
		if got, err := Last(path); err != nil || got != want {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	last(Event{})
	t.Setenv(Variable, path)
	for _, e := range []Event{{MicroBlock, 1, 10}, {MicroBlock, 2, 10}, {MicroEnd, 0, 0}} {
		if err := Write(e); err != nil {
			t.Fatal(err)
		}
		last(e)
	}
	// A line that is being written is none yet.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(`{"event":"micro-bl`); err != nil {
		t.Fatal(err)
	}
	last(Event{Kind: MicroEnd})
	t.Setenv(Variable, "")
	if err := Write(Event{}); err != nil {
		t.Errorf("without a file: %v", err)
	}
	t.Setenv(Variable, filepath.Join(path, "x"))
	if Write(Event{}) == nil {
		t.Error("a file that cannot be written to is no error")
	}
}
