package page

import (
	"strings"

	"github.com/assay-bench/assay/analysis/internal/table"
)

// Block is one piece of a recorded page: a heading, a paragraph, a note in small print, a table,
// or a fold with blocks of its own. Texts and cells are Markdown of the inline kind:
// bold, code, and <code> with entities.
type Block struct {
	Title  string       // of a heading
	Text   string       // of a paragraph or of an item of a list
	Item   bool         // the text is an item of a list
	Note   []string     // sentences in small print, one a line
	Table  *table.Table // nil unless the block is a table
	Fold   string       // summary of a fold; empty unless the block is a fold
	Blocks []Block      // of the fold
}

// Record returns what write would put on a page, in pieces, for pages that are not
// Markdown. Pictures are neither drawn nor kept.
func Record(write func(p *Page)) []Block {
	p := &Page{}
	return p.within(func() { write(p) })
}

// within collects what is written meanwhile apart from the rest of the page.
func (p *Page) within(write func()) []Block {
	outer := p.record
	var blocks []Block
	p.record = &blocks
	write()
	p.record = outer
	return blocks
}

// keepLine records a line. Paragraphs that held nothing but pictures are left out.
func (p *Page) keepLine(line string) {
	text := strings.TrimSpace(strings.NewReplacer("<p>", "", "</p>", "").Replace(line))
	if text == "" {
		return
	}
	if title := strings.TrimLeft(text, "#"); title != text {
		*p.record = append(*p.record, Block{Title: strings.TrimSpace(title)})
		return
	}
	b := Block{Text: text}
	if small, ok := strings.CutPrefix(text, "<sub>"); ok {
		b = Block{Note: strings.Split(strings.TrimSuffix(small, "</sub>"), "<br>")}
	} else if item, ok := strings.CutPrefix(text, "- "); ok {
		b = Block{Text: item, Item: true}
	}
	*p.record = append(*p.record, b)
}
