package scenario

import (
	"fmt"
	"regexp"
	"strings"
)

var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// part is a part of a template: literal text, or a name that is to be replaced.
type part struct {
	text string // literal, if name is ""
	name string
	at   int // the number of this "${" in the template, from 0; escaped ones count
}

// split splits a text with ${...} into its parts. "$${" becomes a literal "${". If
// the text is malformed, split returns the problem, and the number of the "${" that
// it is about.
func split(s string) ([]part, *problem, int) {
	var parts []part
	literal := func(t string) {
		if t == "" {
			return
		}
		if n := len(parts); n > 0 && parts[n-1].name == "" {
			parts[n-1].text += t
			return
		}
		parts = append(parts, part{text: t})
	}
	for at := 0; ; at++ {
		i := strings.Index(s, "${")
		if i < 0 {
			literal(s)
			return parts, nil, 0
		}
		if i > 0 && s[i-1] == '$' {
			literal(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		literal(s[:i])
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return parts, &problem{"${ has no closing }", "write $${ for a literal ${"}, at
		}
		name := s[i+2 : i+end]
		if !namePattern.MatchString(name) {
			return parts, &problem{fmt.Sprintf("%q is not a name, expected letters, digits, '_', '-' or '.'", name),
				"write $${ for a literal ${"}, at
		}
		parts = append(parts, part{name: name, at: at})
		s = s[i+end+1:]
	}
}

// expand replaces every ${name} of s by lookup(name). The error says what is
// malformed or not defined.
func expand(s string, lookup func(name string) (string, bool)) (string, error) {
	parts, bad, _ := split(s)
	if bad != nil {
		return "", fmt.Errorf("expand %q: %s", s, bad.message)
	}
	var b strings.Builder
	for _, p := range parts {
		text := p.text
		if p.name != "" {
			value, ok := lookup(p.name)
			if !ok {
				return "", fmt.Errorf("expand %q: ${%s} is not defined", s, p.name)
			}
			text = value
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
