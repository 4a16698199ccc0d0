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
	text := defuse(visible(name, false)) // a page can also be printed to a log
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.TrimSpace(text) != text || text == "" {
		text = " " + text + " " // Markdown removes these spaces again
	}
	// A bar ends a table cell even inside code, unless it is escaped.
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}

// special reports whether Markdown could give the character a meaning within a line.
func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune(" ./-^_~", r)
}
