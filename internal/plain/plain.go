// Package plain makes text from outside harmless for the place where it is shown: a
// line of a log, in which GitHub Actions looks for commands; a terminal, which obeys
// escape sequences; and a page of Markdown.
//
// Such text includes names of files, commits and benchmarks, and the output of
// programs that were built from a pull request. Text that can do no harm, which is
// nearly all text, is not changed.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns text that fits on one line and has no effect there: control
// characters become escapes, such as \n and \x1b.
func Line(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return defuse(s)
	}
	return defuse(visible(s, false))
}

// Text is like Line, for text of several lines: line feeds and tabs are kept.
func Text(s string) string {
	lines := strings.SplitAfter(visible(s, true), "\n")
	for i, line := range lines {
		lines[i] = defuse(line)
	}
	return strings.Join(lines, "")
}

// hidden reports whether a terminal obeys the character, or whether the character
// changes the order in which others are shown.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// visible replaces hidden characters, and bytes that are not characters, by escapes.
func visible(s string, lines bool) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case lines && (r == '\n' || r == '\t'), !hidden(r):
			b.WriteRune(r)
		case r < utf8.RuneSelf:
			b.WriteString(strings.Trim(fmt.Sprintf("%q", r), "'"))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// defuse keeps a line from being a workflow command. GitHub Actions obeys a line
// that begins with two colons, with or without space before them, and a line that
// contains ##[ anywhere.
func defuse(line string) string {
	text := strings.TrimLeftFunc(line, unicode.IsSpace)
	if strings.HasPrefix(text, "::") {
		line = line[:len(line)-len(text)] + `\` + text
	}
	return strings.ReplaceAll(line, "##[", `##\[`)
}
