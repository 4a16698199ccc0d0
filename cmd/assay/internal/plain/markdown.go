package plain

import "strings"

// Markdown returns a name for use in a paragraph or a table cell of a page. A usual
// name stays as it is. One with a character that could mean something to Markdown
// or to GitHub, as in a link, a mention or a tag, becomes a code span, in which
// nothing has a meaning.
func Markdown(name string) string {
	if name != "" && name == strings.TrimSpace(name) && !strings.ContainsFunc(name, special) {
		return strings.NewReplacer("_", `\_`, "~", `\~`).Replace(name)
	}
	text := defuse(visible(name, false)) // a page can be printed, too
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.TrimSpace(text) != text || text == "" {
		text = " " + text + " " // Markdown takes these away again
	}
	// A bar ends a table cell even in code, unless it is escaped.
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}

// special tells characters that Markdown could give a meaning within a line.
func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune(" ./-^_~", r)
}
