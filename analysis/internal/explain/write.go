package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
)

// shownRows is how many rows of a metric the text has; the JSON has all.
const shownRows = 12

// JSON writes the report as an object.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Text writes the report for a terminal.
func (r *Report) Text(w io.Writer) error { return r.write(w, false) }

// Markdown writes the report for a job summary.
func (r *Report) Markdown(w io.Writer) error { return r.write(w, true) }

// write writes the report as text or as Markdown. Its error is that of w.
func (r *Report) write(w io.Writer, markdown bool) error {
	p := &printer{w: w, markdown: markdown}
	p.heading(1, fmt.Sprintf("Why %s differs from %s", r.Head, r.Base))
	if len(r.Environment) > 0 {
		p.printf("Base and head differ in more than code, or in it by a parameter:\n\n")
		for _, line := range r.Environment {
			p.printf("- %s\n", p.escape(line))
		}
		p.printf("\n")
	}
	for i := range r.Sections {
		p.section(&r.Sections[i])
	}
	return p.err
}

// printer writes text or Markdown, and keeps the first error.
type printer struct {
	w        io.Writer
	markdown bool
	err      error
}

// printf prints, unless an earlier call has failed: the first error is kept, so that
// only the last line needs to look.
func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// heading writes a heading; in text, those of the first two levels.
func (p *printer) heading(level int, text string) {
	if p.markdown {
		p.printf("%s %s\n\n", strings.Repeat("#", level+1), p.escape(text))
		return
	}
	p.printf("%s\n\n", p.escape(text))
}

// escape keeps names of functions, which come from the server that was profiled, from being
// read as Markdown, and from having an effect on a terminal.
func (p *printer) escape(text string) string {
	text = plain.Line(text)
	if !p.markdown {
		return text
	}
	return strings.NewReplacer("&", "&amp;", "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "|", `\|`, "`", "\\`").Replace(text)
}

// section prints the answer for one scenario, cell and server, with its figures.
func (p *printer) section(s *Section) {
	p.heading(2, s.Title())
	p.printf("%s\n\n", p.escape(s.Summary))
	for i := range s.Causes {
		c := &s.Causes[i]
		p.printf("%d. %s\n", i+1, p.escape(c.Line()))
		if len(c.Callers) > 0 {
			var path []string
			for _, name := range c.Callers {
				path = append(path, Short(name))
			}
			p.printf("   called by %s\n", p.escape(strings.Join(path, " ← ")))
		}
	}
	if len(s.Causes) > 0 {
		p.printf("\n")
	}
	if line := s.EndpointLine(); line != "" {
		p.printf("%s\n\n", p.escape(line))
	}
	for _, m := range s.Metrics {
		rows := m.Rows[:min(len(m.Rows), shownRows)]
		p.table(fmt.Sprintf("%s for each answer, %d profiled blocks", sentence(m.What), s.Blocks), m.Unit, append([]*Row{m.Total}, rows...))
	}
	parts := s.Parts
	if s.Service != nil {
		parts = append([]*Row{s.Service}, parts...)
	}
	if s.Service != nil {
		named := *s.Service
		named.Name, named.Counts = "service", "whole"
		parts[0] = &named
	}
	p.table(fmt.Sprintf("Parts of the time of a request, mean of %d measured blocks", s.Measured), "sec", parts)
	p.table(fmt.Sprintf("Service time by endpoint, mean of %d measured blocks", s.Measured), "sec", s.Endpoints)
	if s.ProfilerCost != nil {
		p.printf("While it was profiled, the server's CPU time for an answer changed by %s %%.\n", format.Signed(100**s.ProfilerCost, 1))
	}
	for _, n := range s.Notes {
		p.printf("Note: %s.\n", p.escape(n))
	}
	p.printf("\n")
}

// table writes rows, if there are any with a value.
func (p *printer) table(title, unit string, rows []*Row) {
	some := false
	for _, r := range rows {
		some = some || r.Base+r.Head != 0
	}
	if !some || p.err != nil {
		return
	}
	p.heading(3, title)
	t := table.Table{Head: []string{"", "counts", "base", "head", "difference", "", "verdict"}, Left: map[int]bool{1: true, 6: true}}
	for _, r := range rows {
		t.Add(p.escape(Short(r.Name)), r.Counts, amount(r.Base, unit), amount(r.Head, unit), p.escape(change(r.Difference, r.Low, r.High, unit)), probability(r.PAdjusted), r.Verdict)
	}
	if p.markdown {
		p.err = t.Markdown(p.w)
	} else {
		p.err = t.Text(p.w)
	}
	p.printf("\n")
}

// sentence begins a text with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
