package plain

import "strings"

// Markdown returns a name for use in a paragraph or a table cell of a page. An
// ordinary name stays as it is. A name with a character that could have a meaning
// for Markdown or GitHub, as in a link, a mention or a tag, becomes a code span, in
// which no character has a meaning.
func Markdown(name string) string {
	if name != "" && name == strings.TrimSpace(name) && !strings.ContainsFunc(name, special) {
		return strings.NewReplacer("_", `\_`, "~", `\~`).Replace(name)
	}
	// A bar ends a table cell even inside code, unless it is escaped.
	return strings.ReplaceAll(Code(name), "|", `\|`)
}

// Code returns text as a code span of a page, in which no character has a meaning. Whoever
// puts it into the cell of a table escapes bars, as package table does. No bar follows a
// backslash, because that would then escape the backslash, and the bar would end the cell.
func Code(s string) string {
	text := defuse(visible(s, false)) // a page can also be printed to a log
	text = strings.ReplaceAll(text, `\|`, `\ |`)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.TrimSpace(text) != text || text == "" {
		text = " " + text + " " // Markdown removes these spaces again
	}
	return fence + text + fence
}

// prose escapes what could begin an element of HTML, an entity, a link or a picture.
// Emphasis and code spans stay: a summary may have them, and they lead nowhere.
var prose = strings.NewReplacer("<", "&lt;", "&", "&amp;", "](", `]\(`, "][", `]\[`, "]:", `]\:`)

// Prose returns a sentence from outside, such as a summary or a reason, for the inside of a
// paragraph, an item or a cell of a page: it is shown on one line and holds no HTML and no
// link.
func Prose(s string) string { return prose.Replace(Line(s)) }

// literal escapes what prose escapes, and every other mark of Markdown.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", "&lt;", "&", "&amp;", "`", "\\`", "](", `]\(`, "][", `]\[`, "]:", `]\:`)

// Literal is like [Prose], for text in which no character may be a mark: names of
// benchmarks and units, and sentences that hold such names.
func Literal(s string) string {
	if strings.ContainsFunc(s, hidden) {
		s = visible(s, false)
	}
	return defuse(literal.Replace(s))
}

// special reports whether Markdown could give the character a meaning within a line.
func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune(" ./-^_~", r)
}
