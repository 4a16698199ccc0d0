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
		r, err := New(Places{Front: file, Plots: plots, Rooms: filepath.Join(dir, "rooms")})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			r.Front.Line("%s", r.Front.Picture(name, name, draws(name)))
		}
		if warning, err := r.Save(); warning != nil || err != nil {
			t.Fatal(warning, err)
		}
		return r.Front.String()
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
	r, err := New(Places{Front: file, Plots: plots, Rooms: filepath.Join(dir, "rooms")})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no ink")
	r.Front.Picture("first", "first", draws("first"))
	r.Front.Picture("second", "second", func(io.Writer, plot.Theme) error { return broken })
	r.Front.Picture("third", "third", draws("third"))
	if _, err := r.Save(); !errors.Is(err, broken) || !strings.Contains(err.Error(), "plot second") {
		t.Errorf("Save: %v, want what the second picture said", err)
	}
	for _, path := range []string{file, plots} {
		if exists(t, path) {
			t.Errorf("%s was written", path)
		}
	}
}

// A room links to pictures and to the front page from where it lies. One that the next
// report does not have is removed with its pictures, and no other file is.
func TestRooms(t *testing.T) {
	dir := t.TempDir()
	places := Places{Front: filepath.Join(dir, "mine.md"), Rooms: filepath.Join(dir, "rooms"), Plots: filepath.Join(dir, "plots")}
	write := func(names ...string) (texts []string) {
		r, err := New(places)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			p, err := r.Room(name)
			if err != nil {
				t.Fatal(err)
			}
			p.Line("[back](%s) %s", p.To(r.Front), p.Picture(strings.ReplaceAll(name, "/", "-")+"-a", name, draws(name)))
			r.Front.Line("[%s](%s)", name, r.Front.To(p))
			texts = append(texts, p.String())
		}
		if warning, err := r.Save(); warning != nil || err != nil {
			t.Fatal(warning, err)
		}
		return append(texts, r.Front.String())
	}
	texts := write("one", "more/two", "one")
	for i, want := range []string{
		`[back](../mine.md) <picture><source media="(prefers-color-scheme: dark)" srcset="../plots/one-a-dark.svg">`,
		`[back](../../mine.md) <picture><source media="(prefers-color-scheme: dark)" srcset="../../plots/more-two-a-dark.svg">`,
		`[back](../mine.md)`,
		"[one](rooms/one.md)\n[more/two](rooms/more/two.md)\n[one](rooms/one-2.md)",
	} {
		if !strings.HasPrefix(texts[i], want) {
			t.Errorf("page %d is %s\nwant %s", i, texts[i], want)
		}
	}
	foreign := filepath.Join(places.Rooms, "foreign.md")
	if err := os.WriteFile(foreign, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	write("one")
	for name, want := range map[string]bool{
		"rooms/one.md": true, "rooms/one-2.md": false, "rooms/more/two.md": false, "rooms/foreign.md": true,
		"plots/one-a-light.svg": true, "plots/more-two-a-light.svg": false,
	} {
		if got := exists(t, filepath.Join(dir, filepath.FromSlash(name))); got != want {
			t.Errorf("%s is there: %v, want %v", name, got, want)
		}
	}
}

// GitHub shows a large page as plain text: the page is written, and the caller told.
func TestSaveWarnsOfALargePage(t *testing.T) {
	dir := t.TempDir()
	r, err := New(Places{Front: filepath.Join(dir, "a.md"), Plots: filepath.Join(dir, "plots")})
	if err != nil {
		t.Fatal(err)
	}
	r.Front.Line("%s", strings.Repeat("x", mostShown))
	warning, err := r.Save()
	if err != nil || warning == nil || !strings.Contains(warning.Error(), "512 KiB") {
		t.Errorf("Save: %v, %v", warning, err)
	}
	if !exists(t, filepath.Join(dir, "a.md")) {
		t.Error("the page was not written")
	}
}

// A link has a path without what would end the link; an ordinary path stays as it is.
func TestAddress(t *testing.T) {
	for path, want := range map[string]string{
		"../plots/a-b_1.svg":  "../plots/a-b_1.svg",
		"my report/a page.md": "my%20report/a%20page.md",
		"a (1)/é.md":          "a%20%281%29/%C3%A9.md",
		`a"b`:                 "a%22b",
	} {
		if got := Address(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
