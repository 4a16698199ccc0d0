package examples

import (
	"fmt"
	"strings"
	"testing"
	"text/scanner"
)

// values are what expressions see, by dotted name; a name that is not there is
// empty, as in GitHub's own.
type values map[string]string

// expand replaces every ${{ }} of a text.
func (v values) expand(text string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		inner, rest, closed := strings.Cut(after, "}}")
		if !closed {
			return "", fmt.Errorf("%q: no }}", text)
		}
		value, err := v.evaluate(inner)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		text = rest
	}
}

// evaluate computes an expression of names, 'texts', !, ==, !=, &&, || and
// cancelled(). Empty and false count as false.
func (v values) evaluate(text string) (string, error) {
	p := &parser{values: v}
	p.Init(strings.NewReader(text))
	p.Mode = scanner.ScanIdents | scanner.ScanChars
	p.IsIdentRune = func(c rune, i int) bool {
		return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c == '.' || c == '-' || c >= '0' && c <= '9')
	}
	p.Error = func(*scanner.Scanner, string) {} // a text in '' is no Go character
	p.next()
	value := p.or()
	if p.err == nil && p.token != scanner.EOF {
		p.err = fmt.Errorf("%q: cannot go on at %q", text, p.TokenText())
	}
	return value, p.err
}

type parser struct {
	scanner.Scanner
	values values
	token  rune
	err    error
}

func (p *parser) next() { p.token = p.Scan() }

func truth(s string) bool { return s != "" && s != "false" }

func (p *parser) or() string {
	left := p.and()
	for p.operator('|', '|') {
		if right := p.and(); !truth(left) {
			left = right
		}
	}
	return left
}

func (p *parser) and() string {
	left := p.equal()
	for p.operator('&', '&') {
		if right := p.equal(); truth(left) {
			left = right
		}
	}
	return left
}

func (p *parser) equal() string {
	left := p.unary()
	switch {
	case p.operator('=', '='):
		return fmt.Sprint(left == p.unary())
	case p.operator('!', '='):
		return fmt.Sprint(left != p.unary())
	}
	return left
}

// operator takes an operator of two characters, if it is next.
func (p *parser) operator(first, second rune) bool {
	if p.token != first || p.Peek() != second {
		return false
	}
	p.next()
	p.next()
	return true
}

func (p *parser) unary() string {
	switch p.token {
	case '!':
		p.next()
		return fmt.Sprint(!truth(p.unary()))
	case scanner.Char:
		text := strings.Trim(p.TokenText(), "'")
		p.next()
		return text
	case scanner.Ident:
		name := p.TokenText()
		p.next()
		if p.token == '(' {
			p.next()
			p.next()
			name += "()"
		}
		return p.values[name]
	}
	if p.err == nil {
		p.err = fmt.Errorf("unexpected %q", p.TokenText())
	}
	return ""
}

func TestExpressions(t *testing.T) {
	v := values{"inputs.base": "main", "inputs.off": "false", "steps.check.outputs.bundle": "/tmp/x", "cancelled()": "false"}
	for _, c := range []struct{ text, want string }{
		{"plain", "plain"},
		{"a ${{ inputs.base }}/b ${{inputs.base}}", "a main/b main"},
		{"${{ inputs.none || 'warn' }}", "warn"},
		{"${{ inputs.base || 'warn' }}", "main"},
		{"${{ inputs.off || 'false' }}", "false"},
		{"${{ !cancelled() && steps.check.outputs.bundle != '' }}", "true"},
		{"${{ !cancelled() && steps.none.outputs.bundle != '' }}", "false"},
		{"${{ inputs.base == 'main' }}", "true"},
	} {
		got, err := v.expand(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	for _, bad := range []string{"${{ inputs.base", "${{ && }}", "${{ inputs.base 'x' }}"} {
		if got, err := v.expand(bad); err == nil {
			t.Errorf("%s: %q and no error", bad, got)
		}
	}
}
