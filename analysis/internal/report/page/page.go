package page

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// Page is one Markdown page of a report in the making. The first picture that cannot
// be drawn stops nothing: [Report.Save] tells of it and writes nothing.
type Page struct {
	text   bytes.Buffer
	file   string  // where the page goes
	folder string  // absolute folder of file
	shown  string  // link from the page to the pictures
	report *Report // what the page belongs to

	record *[]Block // where pieces are kept instead of text; nil for a page that is a file
}

// String is the text of the page so far.
func (p *Page) String() string { return p.text.String() }

// Line writes formatted text and a line end.
func (p *Page) Line(format string, args ...any) {
	if p.record != nil {
		p.keepLine(fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(&p.text, format+"\n", args...)
}

// Table writes a table and the empty line that ends it. A number stays on one line with
// its interval: a browser would else break the line at the spaces between them.
func (p *Page) Table(t *table.Table) {
	if p.record != nil {
		*p.record = append(*p.record, Block{Table: t})
		return
	}
	for _, row := range t.Rows {
		for i := range row {
			if i > 0 && !t.Left[i] {
				row[i] = strings.ReplaceAll(row[i], " ", "\u00a0")
			}
		}
	}
	// A bytes.Buffer does not fail to write.
	_ = t.Markdown(&p.text)
	p.Line("")
}

// Fold writes a part of the page that is closed until a reader opens it.
func (p *Page) Fold(summary string, write func()) {
	if p.record != nil {
		*p.record = append(*p.record, Block{Fold: summary, Blocks: p.within(write)})
		return
	}
	p.Line("<details><summary>%s</summary>\n", summary)
	write()
	p.Line("</details>\n")
}

// Picture draws one figure in both themes and returns the markup that chooses
// between them. The width lets two figures stand side by side on a desktop and
// one below the other on a phone.
func (p *Page) Picture(name, alt string, draw func(io.Writer, plot.Theme) error) string {
	return p.picture(name, alt, 410, draw)
}

// Small is Picture for a figure that stands in a cell of a table.
func (p *Page) Small(name, alt string, draw func(io.Writer, plot.Theme) error) string {
	return p.picture(name, alt, 300, draw)
}

// picture draws a figure that is shown at a width in pixels.
func (p *Page) picture(name, alt string, width int, draw func(io.Writer, plot.Theme) error) string {
	if p.record != nil {
		return ""
	}
	for _, theme := range []plot.Theme{plot.Light(), plot.Dark()} {
		var b bytes.Buffer
		if err := draw(&b, theme); err != nil && p.report.err == nil {
			p.report.err = fmt.Errorf("plot %s: %w", name, err)
		}
		p.report.pictures[name+"-"+theme.Name+".svg"] = b.Bytes()
	}
	base := p.shown + "/" + name
	return fmt.Sprintf(`<picture><source media="(prefers-color-scheme: dark)" srcset="%s-dark.svg"><img src="%s-light.svg" width="%d" alt="%s"></picture>`, base, base, width, alt)
}

// To is the link from the page to another page of the same report.
func (p *Page) To(other *Page) string {
	rel, err := filepath.Rel(p.folder, filepath.Join(other.folder, filepath.Base(other.file)))
	if err != nil {
		// Both folders are absolute. They have no relative path only where they lie on
		// two volumes, and there the whole path is the link.
		rel = other.file
	}
	return Address(rel)
}

// Address is a path as a link of a page has it: a space in it would end the link.
func Address(path string) string { return (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() }

// Link is the way from the page to a path. It is relative, so that a page reads
// the same wherever its tree lies. A link has its [Address].
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

// Relative cuts a folder from the names in a message, so that a page holds no
// absolute path.
func Relative(message, dir string) string {
	return strings.ReplaceAll(message, filepath.Clean(dir)+string(filepath.Separator), "")
}

// Interval is an estimate in the form in which plots take it.
func Interval(e stats.Estimate) plot.Interval {
	return plot.Interval{Center: e.Center, Low: e.Low, High: e.High}
}
