package page

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// mostShown is the size up to which GitHub renders a Markdown file.
const mostShown = 512 << 10

// Page is one Markdown page in the making, with the pictures that it shows. The
// first picture that cannot be drawn stops nothing: Save reports it and writes
// nothing.
type Page struct {
	text     bytes.Buffer
	file     string // where the page goes
	folder   string // absolute folder of file
	plots    string // where the pictures go
	shown    string // link from the page to plots
	pictures map[string][]byte
	err      error // the first picture that could not be drawn
}

// New starts the page that will stand in file and whose pictures will stand
// in the folder plots.
func New(file, plots string) (*Page, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("place of the report: %w", err)
	}
	p := &Page{file: file, folder: filepath.Dir(abs), plots: plots, pictures: map[string][]byte{}}
	p.shown, err = p.Link(plots)
	return p, err
}

// String is the text of the page so far.
func (p *Page) String() string { return p.text.String() }

// Line writes formatted text and a line end.
func (p *Page) Line(format string, args ...any) {
	fmt.Fprintf(&p.text, format+"\n", args...)
}

// Table writes a table and the empty line that ends it.
func (p *Page) Table(t *table.Table) {
	// A bytes.Buffer does not fail to write.
	_ = t.Markdown(&p.text)
	p.Line("")
}

// Fold writes a part of the page that is closed until a reader opens it.
func (p *Page) Fold(summary string, write func()) {
	p.Line("<details><summary>%s</summary>\n", summary)
	write()
	p.Line("</details>\n")
}

// Picture draws one figure in both themes and returns the markup that chooses
// between them. The width lets two figures stand side by side on a desktop and
// one below the other on a phone.
func (p *Page) Picture(name, alt string, draw func(io.Writer, plot.Theme) error) string {
	for _, theme := range []plot.Theme{plot.Light(), plot.Dark()} {
		var b bytes.Buffer
		if err := draw(&b, theme); err != nil && p.err == nil {
			p.err = fmt.Errorf("plot %s: %w", name, err)
		}
		p.pictures[name+"-"+theme.Name+".svg"] = b.Bytes()
	}
	base := p.shown + "/" + name
	return fmt.Sprintf(`<picture><source media="(prefers-color-scheme: dark)" srcset="%s-dark.svg"><img src="%s-light.svg" width="410" alt="%s"></picture>`, base, base, alt)
}

// Link is the link from the page to a path. It is relative, so that a page reads
// the same wherever its tree lies.
func (p *Page) Link(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("link to %s: %w", path, err)
	}
	rel, err := filepath.Rel(p.folder, abs)
	if err != nil {
		return "", fmt.Errorf("link to %s: %w", path, err)
	}
	return filepath.ToSlash(rel), nil
}

// Save writes the pictures and then the page. It writes nothing if a picture
// could not be drawn. Pictures that the previous page in the same file showed and
// this page does not show are removed; other files of the folder stay. The
// warning, nil as a rule, tells that the page is too large to be rendered.
func (p *Page) Save() (warning, err error) {
	if p.err != nil {
		return nil, p.err
	}
	// What is not a regular file, such as /dev/stdout, is written to and never read.
	var before []byte
	if info, err := os.Stat(p.file); err == nil && info.Mode().IsRegular() {
		if before, err = results.ReadRegular(p.file); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("write report: %w", err)
	}
	if err := os.MkdirAll(p.plots, 0o755); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	for name, data := range p.pictures {
		if err := os.WriteFile(filepath.Join(p.plots, name), data, 0o644); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
	}
	text := strings.TrimRight(p.text.String(), "\n") + "\n"
	if len(text) > mostShown {
		warning = fmt.Errorf("%s has %d KiB: GitHub shows what is above %d KiB as plain text", p.file, len(text)>>10, mostShown>>10)
	}
	if err := results.WriteFile(p.file, []byte(text)); err != nil {
		return warning, fmt.Errorf("write report: %w", err)
	}
	return warning, p.removeUnshown(before)
}

// removeUnshown removes the pictures that the text of an earlier page shows and
// this page does not.
func (p *Page) removeUnshown(before []byte) error {
	shown := regexp.MustCompile(`"` + regexp.QuoteMeta(p.shown) + `/([a-z0-9-]+\.svg)"`)
	for _, m := range shown.FindAllSubmatch(before, -1) {
		name := string(m[1])
		if p.pictures[name] != nil {
			continue
		}
		if err := os.Remove(filepath.Join(p.plots, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// Relative cuts a folder from the names in a message, so that a page holds no
// absolute path.
func Relative(message, dir string) string {
	return strings.ReplaceAll(message, filepath.Clean(dir)+string(filepath.Separator), "")
}

// Interval is an estimate in the form in which plots take it.
func Interval(e stats.Estimate) plot.Interval {
	return plot.Interval{Center: e.Center, Low: e.Low, High: e.High}
}
