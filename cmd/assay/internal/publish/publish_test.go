package publish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes a folder with one file that holds its text.
func folder(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// published is what the two published folders hold, and how many others there are.
func published(t *testing.T) (run, search string, others int) {
	t.Helper()
	text := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, "text"))
		if err != nil {
			return "none"
		}
		return string(b)
	}
	entries, err := os.ReadDir(filepath.Dir(Folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "published") {
			others++
		}
	}
	return text(Folder), text(Folder + capacity), others
}

func TestPublish(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name                string
		had                 []string // what is published before
		search              string
		slim, report        error
		run, capacity, says string
	}{
		{"the first", nil, "y", nil, nil, "slim x", "slim y", "BENCHMARKS.md and " + Folder + " are new"},
		{"another", []string{"old", "old"}, "y", nil, nil, "slim x", "slim y", "the run itself stays in x"},
		{"without a search", []string{"old", "old"}, "", nil, nil, "slim x", "none", Folder + capacity + " is gone"},
		{"without a search before", []string{"old"}, "", nil, nil, "slim x", "none", "are new"},
		{"no slim form", []string{"old", "old"}, "y", broken, nil, "old", "old", ""},
		{"no report", []string{"old", "old"}, "y", nil, broken, "slim x", "slim y", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for i, text := range c.had {
				folder(t, Folder+[]string{"", capacity}[i], text)
			}
			tools := Tools{
				Slim: func(_ context.Context, bundle, into string) error {
					if c.slim == nil {
						folder(t, into, "slim "+bundle)
					}
					return c.slim
				},
				Report: func(context.Context) error { return c.report },
			}
			var out strings.Builder
			err := Publish(t.Context(), tools, "x", c.search, &out)
			if want := errors.Join(c.slim, c.report); (err != nil) != (want != nil) || err != nil && !errors.Is(err, broken) {
				t.Errorf("error %v, want %v", err, want)
			}
			run, search, others := published(t)
			if run != c.run || search != c.capacity || others > 0 {
				t.Errorf("published are %q and %q, want %q and %q; %d other folders", run, search, c.run, c.capacity, others)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("it says %q, want %q", &out, c.says)
			}
		})
	}
}

// An interrupt while the bundles are made changes nothing.
func TestInterruptedPublish(t *testing.T) {
	t.Chdir(t.TempDir())
	folder(t, Folder, "old")
	ctx, cancel := context.WithCancel(t.Context())
	tools := Tools{
		Slim: func(_ context.Context, bundle, into string) error {
			folder(t, into, bundle)
			cancel()
			return nil
		},
		Report: func(context.Context) error { t.Error("the report was written"); return nil },
	}
	if err := Publish(ctx, tools, "x", "", os.Stderr); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if run, _, others := published(t); run != "old" || others > 0 {
		t.Errorf("published is %q, %d other folders", run, others)
	}
}

// Bundles that cannot change places are back where they were.
func TestUndo(t *testing.T) {
	t.Chdir(t.TempDir())
	folder(t, Folder, "old")
	folder(t, Folder+capacity, "old")
	tools := Tools{
		Slim: func(_ context.Context, bundle, into string) error {
			if bundle == "x" {
				folder(t, into, bundle)
			}
			return nil // the other one is missing
		},
		Report: func(context.Context) error { t.Error("the report was written"); return nil },
	}
	if err := Publish(t.Context(), tools, "x", "y", os.Stderr); err == nil {
		t.Error("no error")
	}
	if run, search, others := published(t); run != "old" || search != "old" || others > 0 {
		t.Errorf("published are %q and %q, %d other folders", run, search, others)
	}
}
