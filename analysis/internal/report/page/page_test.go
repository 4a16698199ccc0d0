package page

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/plot"
)

// draws is a picture with the given text.
func draws(text string) func(io.Writer, plot.Theme) error {
	return func(w io.Writer, t plot.Theme) error {
		_, err := io.WriteString(w, text+" in "+t.Name)
		return err
	}
}

// exists reports whether a file is there.
func exists(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// A page that is written again removes the pictures that only its predecessor showed,
// and no other file.
func TestSaveRemovesWhatIsNoLongerShown(t *testing.T) {
	dir := t.TempDir()
	file, plots := filepath.Join(dir, "pages", "a.md"), filepath.Join(dir, "plots")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(names ...string) string {
		p, err := New(file, plots)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			p.Line("%s", p.Picture(name, name, draws(name)))
		}
		if warning, err := p.Save(); warning != nil || err != nil {
			t.Fatal(warning, err)
		}
		return p.String()
	}
	text := write("old", "kept")
	if want := `src="../plots/old-light.svg"`; !strings.Contains(text, want) {
		t.Errorf("the page has no %s:\n%s", want, text)
	}
	foreign := filepath.Join(plots, "foreign-light.svg")
	if err := os.WriteFile(foreign, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	write("kept", "new")
	for name, want := range map[string]bool{"old-light": false, "old-dark": false, "kept-light": true, "new-dark": true, "foreign-light": true} {
		if got := exists(t, filepath.Join(plots, name+".svg")); got != want {
			t.Errorf("%s.svg is there: %v, want %v", name, got, want)
		}
	}
}

func TestAPictureThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file, plots := filepath.Join(dir, "a.md"), filepath.Join(dir, "plots")
	p, err := New(file, plots)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no ink")
	p.Picture("first", "first", draws("first"))
	p.Picture("second", "second", func(io.Writer, plot.Theme) error { return broken })
	p.Picture("third", "third", draws("third"))
	if _, err := p.Save(); !errors.Is(err, broken) || !strings.Contains(err.Error(), "plot second") {
		t.Errorf("Save: %v, want what the second picture said", err)
	}
	for _, path := range []string{file, plots} {
		if exists(t, path) {
			t.Errorf("%s was written", path)
		}
	}
}

// GitHub shows a large page as plain text: the page is written, and the caller told.
func TestSaveWarnsOfALargePage(t *testing.T) {
	dir := t.TempDir()
	p, err := New(filepath.Join(dir, "a.md"), filepath.Join(dir, "plots"))
	if err != nil {
		t.Fatal(err)
	}
	p.Line("%s", strings.Repeat("x", mostShown))
	warning, err := p.Save()
	if err != nil || warning == nil || !strings.Contains(warning.Error(), "512 KiB") {
		t.Errorf("Save: %v, %v", warning, err)
	}
	if !exists(t, filepath.Join(dir, "a.md")) {
		t.Error("the page was not written")
	}
}
