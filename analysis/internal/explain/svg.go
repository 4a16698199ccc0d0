package explain

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"io"
	"math"
	"unicode/utf8"

	"github.com/assay-bench/assay/analysis/internal/report/format"
)

// script makes the graph searchable and lets it be enlarged. It uses nothing from
// outside of the file.
//
//go:embed flame.js
var script string

// Sizes of the picture, in pixels.
const (
	pictureWidth = 1200
	margin       = 10
	rowHeight    = 17
	charWidth    = 6.6 // of the font, about
	lineHeight   = 16  // of what stands above a graph
	headHeight   = 8*lineHeight + 4
)

// SVG writes a differential flame graph of every section, below each other, as one file.
// The width of a box is the CPU time for an answer, the mean of base and head; its colour
// says whether it grew or shrank, and only if the test of the node says so.
func (r *Report) SVG(w io.Writer) error {
	var body bytes.Buffer
	y := 0
	for i := range r.Sections {
		f := newFlame(&r.Sections[i])
		height := headHeight + rowHeight*f.root.depth() + 2*margin
		fmt.Fprintf(&body, `<g class="graph" transform="translate(0 %d)">`+"\n", y)
		f.head(&body, r)
		total := f.root.size()
		f.draw(&body, f.root, margin, pictureWidth-2*margin, 0, total)
		body.WriteString("</g>\n")
		y += height
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" font-family="monospace" font-size="11">
<style>
  svg { color-scheme: light dark; }
  .page { fill: #fff; }
  text { fill: #111; }
  rect { stroke: #fff; stroke-width: 0.5; }
  .box { cursor: pointer; }
  .box text { pointer-events: none; }
  .title { font-weight: bold; }
  .found rect { stroke: #6a1b9a; stroke-width: 2; }
  .search { cursor: pointer; text-decoration: underline; fill: #1a4f9c; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181c; }
    .page { fill: #16181c; }
    text { fill: #e6e6e6; }
    .box text { fill: #111; }
    rect { stroke: #16181c; }
    .found rect { stroke: #d58cff; }
    .search { fill: #8ab4f8; }
  }
</style>
<rect class="page" width="100%%" height="100%%"/>
%[3]s<script><![CDATA[
%[4]s]]></script>
</svg>
`, pictureWidth, y, body.String(), script)
	return err
}

// head writes what stands above a graph. Its lines are short, so that a narrow window has
// room for them.
func (f *flame) head(w io.Writer, r *Report) {
	for i, line := range []struct{ class, text string }{
		{"title", "CPU time for an answer"},
		{"title", r.Head + " against " + r.Base},
		{"title", f.title},
		{"legend", fmt.Sprintf("Red grew, blue shrank (adjusted p ≤ %v),", level)},
		{"legend", "the stronger the more of the whole."},
		{"legend", "Grey is not known to differ. A click on a"},
		{"legend", "box enlarges it, one on “all” shows all."},
		{"search", "Search…"},
	} {
		fmt.Fprintf(w, `<text x="%d" y="%d" class="%s">%s</text>`+"\n", margin, lineHeight*(i+1), line.class, html.EscapeString(line.text))
	}
	fmt.Fprintf(w, `<text x="%d" y="%d" class="hits"></text>`+"\n", margin+70, headHeight-4)
}

// draw writes a node and those below it. The width of the picture is total.
func (f *flame) draw(w io.Writer, n *node, x, width float64, level int, total float64) {
	y := headHeight + rowHeight*level
	fmt.Fprintf(w, `<g class="box" data-x="%.3f" data-w="%.3f" data-l="%d" data-n="%s"><title>%s</title><rect x="%.3f" y="%d" width="%.3f" height="%d" fill="%s"/><text x="%.3f" y="%d">%s</text></g>`+"\n",
		x, width, level, html.EscapeString(n.name), html.EscapeString(f.tip(n, total)), x, y, width, rowHeight-1, n.colour(total), x+3, y+12, html.EscapeString(fit(n.name, width)))
	at := x
	for _, c := range n.sorted() {
		share := width
		if size := n.size(); size > 0 {
			share = width * c.size() / size
		}
		f.draw(w, c, at, share, level+1, total)
		at += share
	}
}

// tip is what a box says of itself.
func (f *flame) tip(n *node, total float64) string {
	text := fmt.Sprintf("%s: %s for each answer, %s of all", n.name, amount(n.size(), f.unit), format.Percent(n.size()/total))
	if r := n.row; r != nil {
		text += fmt.Sprintf("; difference %s (%s)", change(r.Difference, r.Low, r.High, f.unit), probability(r.PAdjusted))
	}
	return text
}

// strongest is the difference, as a share of the whole, that has the strongest colour.
const strongest = 0.10

// colour is red for what grew, blue for what shrank, and grey for the rest.
func (n *node) colour(total float64) string {
	if n.row == nil || n.row.Verdict == "" || total <= 0 {
		return "#d9d9d9"
	}
	faint := int(math.Round(200 * (1 - min(1, math.Abs(n.row.Difference)/total/strongest))))
	if n.row.Verdict == Grew {
		return fmt.Sprintf("#%02x%02x%02x", 255, 60+faint*3/4, 50+faint*3/4)
	}
	return fmt.Sprintf("#%02x%02x%02x", 60+faint*3/4, 110+faint/2, 255)
}

// fit shortens a name to what a box has room for.
func fit(name string, width float64) string {
	room := int((width - 6) / charWidth)
	name = Short(name)
	switch {
	case room < 3:
		return ""
	case utf8.RuneCountInString(name) <= room:
		return name
	}
	return string([]rune(name)[:room-1]) + "…"
}
