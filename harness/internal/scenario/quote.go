package scenario

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// Inside [ ] and { }, YAML takes the { of an unquoted ${name} for the start of a
// mapping. This is the likeliest mistake in a scenario file, so it does not stop the
// decoder: until the value is decoded, stand-ins of the same width replace its
// special characters, which keeps every position.
var (
	toStandIns = strings.NewReplacer("{", "\ue000", "}", "\ue001", ":", "\ue002")
	unquote    = strings.NewReplacer("\ue000", "{", "\ue001", "}", "\ue002", ":")
)

const mustQuote = "a value with ${ inside [ ] or { } must be quoted"

// quote reports every unquoted ${ inside [ ] or { }, and returns the source with the
// stand-ins.
func (d *decoder) quote(source string) string {
	lines := strings.SplitAfter(source, "\n")
	patched, until := mark{}, 0 // the value last patched, and the column where it ends
	for _, at := range unquoted(lexer.Tokenize(source)) {
		if at.line == patched.line && at.column < until {
			continue
		}
		line, dollar, ok := find(lines, at)
		if !ok {
			continue // the lexer counts lines differently; the parser will report an error
		}
		begin := 1 + strings.LastIndexAny(line[:dollar], "[]{}, \t")
		at.column = utf8.RuneCountInString(line[:begin]) + 1
		value, closed := plainValue(line[begin:])
		if !closed {
			d.report(at, mustQuote, `close the ${ and put the value into "..."`)
			return source
		}
		d.report(at, mustQuote, fmt.Sprintf(`quote it: "%s"`, value))
		if len(d.errors) >= maxErrors {
			break
		}
		d.quoted = true
		lines[at.line-1] = line[:begin] + toStandIns.Replace(value) + line[begin+len(value):]
		patched, until = at, at.column+utf8.RuneCountInString(value)
	}
	return strings.Join(lines, "")
}

// find returns the line of a position, and the offset of its $ in the line, in
// bytes.
func find(lines []string, at mark) (line string, dollar int, ok bool) {
	if at.line > len(lines) {
		return "", 0, false
	}
	line = lines[at.line-1]
	column := 1
	for i, r := range line {
		if column == at.column {
			return line, i, r == '$'
		}
		column++
	}
	return "", 0, false
}

// unquoted finds every { that follows a $ in plain text.
func unquoted(tokens token.Tokens) []mark {
	var found []mark
	for i, t := range tokens {
		if t.Type != token.MappingStartType || i == 0 {
			continue
		}
		before := tokens[i-1]
		at := before.Position
		if before.Type == token.StringType && strings.HasSuffix(before.Value, "$") && at.Line == t.Position.Line &&
			at.Column > 0 && at.Column+utf8.RuneCountInString(before.Value) == t.Position.Column {
			found = append(found, mark{at.Line, t.Position.Column - 1})
		}
	}
	return found
}

// plainValue returns the plain value at the start of s, and treats ${...} as a part
// of it. It returns false if a ${ is not closed.
func plainValue(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			end := strings.IndexByte(s[i:], '}')
			if end < 0 || strings.ContainsAny(s[i:i+end], "\r\n") {
				return strings.TrimRight(s, " \r\n"), false
			}
			i += end
		case strings.IndexByte(",[]{}\r\n", s[i]) >= 0:
			return strings.TrimRight(s[:i], " "), true
		}
	}
	return s, true
}
