package results

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slimLines writes one value a second under each tag, slims, and describes what
// is left: tag, start, length and number of values.
func slimLines(t *testing.T, dir string, tags ...string) []string {
	t.Helper()
	path := filepath.Join(dir, TrialsDir, "s.v.b01.hlog")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := NewLogWriter(f, "s.v.b01")
	if err != nil {
		t.Fatal(err)
	}
	for second := range 3 {
		for _, tag := range tags {
			h := NewHistogram()
			if err := h.RecordValue(int64(second+1) * 500); err != nil {
				t.Fatal(err)
			}
			if err := w.Write(Interval{Tag: tag, Start: time.Duration(second) * time.Second, Length: time.Second, Hist: h}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := WriteSums(dir); err != nil {
		t.Fatal(err)
	}
	if err := Slim(dir); err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := (&Bundle{Dir: dir}).Log("s.v.b01", func(in Interval) error {
		lines = append(lines, fmt.Sprintf("%s %v+%v %d %d", in.Tag, in.Start, in.Length, in.Hist.TotalCount(), in.Hist.Max()))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestSlim(t *testing.T) {
	for _, c := range []struct {
		name string
		tags []string
		want []string
	}{
		{"open", []string{"response.ok", "response.error", "service.ok", "warmup.lag.error"}, []string{
			"response.ok 0s+1s 1 500", "response.error 0s+1s 1 500", "response.ok 1s+1s 1 1000", "response.error 1s+1s 1 1000",
			"response.ok 2s+1s 1 1500", "response.error 2s+1s 1 1500", "service.ok 0s+3s 3 1500",
		}},
		{"closed", []string{"service.ok", "queue.ok"}, []string{
			"service.ok 0s+1s 1 500", "service.ok 1s+1s 1 1000", "service.ok 2s+1s 1 1500", "queue.ok 0s+3s 3 1500",
		}},
		{"two streams", []string{"a/response.ok", "a/service.ok", "b/warmup.service.ok"}, []string{
			"a/response.ok 0s+1s 1 500", "b/warmup.service.ok 0s+1s 1 500",
			"a/response.ok 1s+1s 1 1000", "b/warmup.service.ok 1s+1s 1 1000",
			"a/response.ok 2s+1s 1 1500", "b/warmup.service.ok 2s+1s 1 1500",
			"a/service.ok 0s+3s 3 1500",
		}},
	} {
		dir := t.TempDir()
		if d := cmp.Diff(c.want, slimLines(t, dir, c.tags...)); d != "" {
			t.Errorf("%s: -want +got\n%s", c.name, d)
		}
		if different, err := Verify(dir); err != nil || len(different) > 0 {
			t.Errorf("%s: verify: %v, %v", c.name, different, err)
		}
		before, err := os.ReadFile(filepath.Join(dir, TrialsDir, "s.v.b01.hlog"))
		if err != nil {
			t.Fatal(err)
		}
		if err := Slim(dir); err != nil {
			t.Fatal(err)
		}
		if after, err := os.ReadFile(filepath.Join(dir, TrialsDir, "s.v.b01.hlog")); err != nil || string(after) != string(before) {
			t.Errorf("%s: slimming again changes the log (%v)", c.name, err)
		}
	}
}

func TestSlimOfNothing(t *testing.T) {
	dir := t.TempDir()
	if err := WriteSums(dir); err != nil {
		t.Fatal(err)
	}
	if err := Slim(dir); err == nil || !strings.Contains(err.Error(), "no interval logs") {
		t.Errorf("a folder without logs: %v", err)
	}
}

// New sums would hide what was changed.
func TestSumsOfAChangedBundle(t *testing.T) {
	dir := t.TempDir()
	slimLines(t, dir, "response.ok")
	if err := os.WriteFile(filepath.Join(dir, TrialsDir, "s.v.b01.hlog"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, act := range map[string]func() error{
		"slim": func() error { return Slim(dir) }, "micro": func() error { return AddMicro(dir, []byte("text")) },
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
