package secret

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minAnywhere is the length, in bytes, from which on a form is blanked wherever it
// stands. A shorter one, such as the number of an order, is blanked only where no
// letter or digit is beside it.
const minAnywhere = 6

// Blanker blanks secrets in texts. Its zero value and nil know none. It may be used by
// several goroutines at once, except for Add.
type Blanker struct {
	known []form
}

type form struct {
	text  string
	label string // what is written instead
}

// New returns a Blanker that knows the values by their names. Empty values are not
// secrets.
func New(values map[string]string) *Blanker {
	b := new(Blanker)
	for name, value := range values {
		b.Add(name, value)
	}
	return b
}

// Add makes another value known.
func (b *Blanker) Add(name, value string) {
	if value == "" {
		return
	}
	for _, text := range forms(value) {
		if text != "" {
			b.known = append(b.known, form{text, "[blanked: " + name + "]"})
		}
	}
	// The longest first, because one secret may be a part of another.
	slices.SortStableFunc(b.known, func(x, y form) int {
		if d := len(y.text) - len(x.text); d != 0 {
			return d
		}
		return strings.Compare(x.text+x.label, y.text+y.label)
	})
}

// Text returns s with every secret blanked.
func (b *Blanker) Text(s string) string {
	if b == nil || len(b.known) == 0 || s == "" {
		return s
	}
	var out strings.Builder
	rest := b.cutBegin(s, &out)
	done := 0
	for at := 0; at < len(rest); {
		f := b.at(rest, at)
		if f == nil {
			at++
			continue
		}
		out.WriteString(rest[done:at])
		out.WriteString(f.label)
		at += len(f.text)
		done = at
	}
	out.WriteString(b.cutEnd(rest[done:]))
	return out.String()
}

// at returns the longest form that begins at a place, or nil.
func (b *Blanker) at(s string, at int) *form {
	for i := range b.known {
		f := &b.known[i]
		if s[at] == f.text[0] && strings.HasPrefix(s[at:], f.text) && (len(f.text) >= minAnywhere || alone(s, at, at+len(f.text))) {
			return f
		}
	}
	return nil
}

// alone reports whether no letter or digit is beside s[begin:end].
func alone(s string, begin, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:begin])
	after, _ := utf8.DecodeRuneInString(s[end:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !(begin > 0 && word(before)) && !(end < len(s) && word(after))
}

// cutBegin blanks the rest of a secret with which a text begins, as the end of a log
// may, and returns what follows it.
func (b *Blanker) cutBegin(s string, out *strings.Builder) string {
	for _, f := range b.known {
		for from := 1; len(f.text)-from >= minAnywhere; from++ {
			if strings.HasPrefix(s, f.text[from:]) && b.at(s, 0) == nil {
				out.WriteString(f.label)
				return s[len(f.text)-from:]
			}
		}
	}
	return s
}

// cutEnd blanks the beginning of a secret with which a text ends, as an example of an
// answer may, which is cut.
func (b *Blanker) cutEnd(s string) string {
	for _, f := range b.known {
		for n := len(f.text) - 1; n >= minAnywhere; n-- {
			if strings.HasSuffix(s, f.text[:n]) {
				return s[:len(s)-n] + f.label
			}
		}
	}
	return s
}

// Error returns err with a message in which every secret is blanked. Errors.Is and
// errors.As find what err wraps, whose own message is not blanked. It returns nil for
// nil.
func (b *Blanker) Error(err error) error {
	if err == nil || b == nil || len(b.known) == 0 {
		return err
	}
	if text := b.Text(err.Error()); text != err.Error() {
		return &blanked{text, err}
	}
	return err
}

// blanked is an error whose text contained a secret.
type blanked struct {
	text string // the text without the secret
	err  error
}

// Error returns the text without the secret.
func (e *blanked) Error() string { return e.text }

// Unwrap returns the error as it was. Callers may ask for its kind, but must not print it.
func (e *blanked) Unwrap() error { return e.err }

// String names no secret, so that a Blanker can be printed by mistake.
func (b *Blanker) String() string {
	if b == nil {
		return "no secrets"
	}
	return fmt.Sprintf("%d forms of secrets", len(b.known))
}
