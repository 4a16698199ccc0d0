package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// New sums, which a resumed run ends with, must not hide a change.
func TestResumeOfAFinishedBundle(t *testing.T) {
	write := func(name string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte("edited"), 0o644) }
	}
	remove := func(name string) func(string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	log := filepath.Join(TrialsDir, "s.a.b01.hlog")
	for _, c := range []struct {
		name   string
		change func(dir string) error
		want   string // in the error; none if empty
	}{
		{"as it was left", func(string) error { return nil }, ""},
		{"no micro.txt", remove(MicroFile), ""},
		{"no sums, as after a crash", func(dir string) error { return os.Remove(filepath.Join(dir, SumsFile)) }, ""},
		{"edited log", write(log), "s.a.b01.hlog was changed"},
		{"edited micro.txt", write(MicroFile), "micro.txt was changed"},
		{"edited bench.txt", write(BenchFile), "bench.txt was changed"},
		{"no log", remove(log), "s.a.b01.hlog is missing"},
		{"one file more", write("notes"), "notes is not listed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := Create(dir, manifest())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, log), []byte("# log\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := w.Append(trial("s", "a", 1, 1, true), nil); err != nil {
				t.Fatal(err)
			}
			w.Manifest.FailureKind = FailureBusy
			if err := w.Finish(StateFailed, "too busy"); err != nil {
				t.Fatal(err)
			}
			if err := AddMicro(dir, []byte("Unit x better=lower\n")); err != nil {
				t.Fatal(err)
			}
			if err := c.change(dir); err != nil {
				t.Fatal(err)
			}
			sums, _ := os.ReadFile(filepath.Join(dir, SumsFile))
			w, err = resume(dir)
			if c.want == "" {
				if err == nil && (w.Manifest.Failure+w.Manifest.FailureKind != "" || !w.Manifest.Ended.IsZero()) {
					t.Errorf("the run goes on as one that has failed or ended: %+v", w.Manifest)
				}
				if err == nil {
					err = w.Finish(StateComplete, "")
				}
				if err == nil {
					err = Unchanged(dir)
				}
				if err != nil {
					t.Errorf("not resumed: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "was changed since") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want that the bundle was changed since, and %q", err, c.want)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, SumsFile)); string(after) != string(sums) {
				t.Errorf("the sums are other ones:\n%s", after)
			}
		})
	}
}

func resume(dir string) (*Writer, error) {
	b, err := Open(dir)
	if err != nil {
		return nil, err
	}
	return b.Resume()
}
