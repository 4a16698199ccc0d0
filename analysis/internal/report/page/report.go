package page

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/results"
)

// mostShown is the size up to which GitHub renders a Markdown file.
const mostShown = 512 << 10

// Places say where the files of a report go.
type Places struct {
	Front string // the Markdown file of the front page
	Rooms string // folder of the pages behind it
	Plots string // folder of the pictures of all pages
}

// Report is a front page with the pages behind it, which are called its rooms, and with
// the pictures that they show.
type Report struct {
	Front *Page // what is read first; BENCHMARKS.md

	places   Places
	rooms    []*Page
	taken    map[string]bool // names of the rooms
	pictures map[string][]byte
	err      error // the first picture that could not be drawn
}

// New starts a report.
func New(places Places) (*Report, error) {
	r := &Report{places: places, taken: map[string]bool{}, pictures: map[string][]byte{}}
	var err error
	r.Front, err = r.page(places.Front)
	return r, err
}

// page starts a page that will stand in a file.
func (r *Report) page(file string) (*Page, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("place of the report: %w", err)
	}
	p := &Page{file: file, folder: filepath.Dir(abs), report: r}
	plots, err := p.Link(r.places.Plots)
	p.shown = Address(plots)
	return p, err
}

// Room starts a page behind the front page. A name is a path below the folder of the
// rooms, with slashes and without an ending. Of two rooms with the same name, as two
// bundles with the same scenario have them, the second gets a number.
func (r *Report) Room(name string) (*Page, error) {
	own := name
	for n := 2; r.taken[own]; n++ {
		own = fmt.Sprintf("%s-%d", name, n)
	}
	r.taken[own] = true
	p, err := r.page(filepath.Join(r.places.Rooms, filepath.FromSlash(own)+".md"))
	if err != nil {
		return nil, err
	}
	r.rooms = append(r.rooms, p)
	return p, nil
}

// Save writes the pictures, then the rooms, and then the front page. It writes nothing
// if a picture could not be drawn. Rooms that the previous front page in the same file
// linked to, and pictures that the previous pages showed, are removed if this report
// does not have them; other files of the folders stay. The warning, nil as a rule, tells
// of pages that are too large to be rendered.
func (r *Report) Save() (warning, err error) {
	if r.err != nil {
		return nil, r.err
	}
	before, err := r.previous()
	if err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	if err := os.MkdirAll(r.places.Plots, 0o755); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	for name, data := range r.pictures {
		if err := results.WriteFile(filepath.Join(r.places.Plots, name), data); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
	}
	var large []error
	for _, p := range append(r.rooms[:len(r.rooms):len(r.rooms)], r.Front) {
		text := strings.TrimRight(p.String(), "\n") + "\n"
		if len(text) > mostShown {
			large = append(large, fmt.Errorf("%s has %d KiB: GitHub shows what is above %d KiB as plain text", p.file, len(text)>>10, mostShown>>10))
		}
		if err := write(p.file, []byte(text)); err != nil {
			return errors.Join(large...), err
		}
	}
	return errors.Join(large...), before.remove(r)
}

// write writes a page, and its folder if it is missing.
func write(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := results.WriteFile(file, data); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// previous is what an earlier report in the same places consists of.
type previous struct {
	rooms    []string // names, with slashes and without an ending
	pictures []string // names of files
}

// previous reads the earlier report. Its front page names its rooms, and all of its pages
// name the pictures.
func (r *Report) previous() (old previous, err error) {
	front, err := earlier(r.places.Front)
	if err != nil {
		return old, err
	}
	rooms, err := r.Front.Link(r.places.Rooms)
	if err != nil {
		return old, err
	}
	old.add(front, r.Front.shown)
	room := regexp.MustCompile(`\]\(` + regexp.QuoteMeta(Address(rooms)) + `/([a-z0-9/-]+)\.md\)`)
	for _, m := range room.FindAllSubmatch(front, -1) {
		name := path.Clean(string(m[1]))
		old.rooms = append(old.rooms, name)
		p, err := r.page(filepath.Join(r.places.Rooms, filepath.FromSlash(name)+".md"))
		if err != nil {
			return old, err
		}
		text, err := earlier(p.file)
		if err != nil {
			return old, err
		}
		old.add(text, p.shown)
	}
	return old, nil
}

// earlier reads a page that may be there.
func earlier(file string) ([]byte, error) {
	text, err := results.ReadRegular(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// add gathers the pictures that a page shows, which links to them in a folder.
func (o *previous) add(text []byte, shown string) {
	picture := regexp.MustCompile(`"` + regexp.QuoteMeta(shown) + `/([a-z0-9-]+\.svg)"`)
	for _, m := range picture.FindAllSubmatch(text, -1) {
		o.pictures = append(o.pictures, string(m[1]))
	}
}

// remove removes what the earlier report has and this one has not.
func (o *previous) remove(r *Report) error {
	var left []string
	for _, name := range o.pictures {
		if r.pictures[name] == nil {
			left = append(left, filepath.Join(r.places.Plots, name))
		}
	}
	for _, name := range o.rooms {
		if !r.taken[name] {
			left = append(left, filepath.Join(r.places.Rooms, filepath.FromSlash(name)+".md"))
		}
	}
	for _, file := range left {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}
