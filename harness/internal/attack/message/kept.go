package message

import (
	"bytes"
	"strings"
)

const (
	// MaxKept bounds how much of a body is kept, in bytes. Of a longer one so much is
	// kept that it is seen to be longer than what is checked.
	MaxKept = 16<<20 + 1
	// mostReused bounds the memory of a kept body that is used for the next one.
	mostReused = 64 << 10
)

// Kept is what is kept of an answer that is to be checked. It is valid until the next
// answer is read into the same place.
type Kept struct {
	Head Lines  // the header, without the status line
	Body []byte // as it came, at most MaxKept bytes
}

// Keep makes the answer that is read next keep its header and its body, in the memory of
// the one before. It is called after [Answer.Reset].
func (a *Answer) Keep() {
	a.keeps = true
	a.Kept.Clear()
}

// Clear forgets what was kept, but not its memory, unless there is much of it.
func (k *Kept) Clear() {
	k.Head, k.Body = k.Head[:0], k.Body[:0]
	if cap(k.Body) > mostReused {
		k.Body = nil
	}
}

// add keeps a part of the body.
func (k *Kept) add(b []byte) {
	k.Body = append(k.Body, b[:min(len(b), MaxKept-len(k.Body))]...)
}

// Lines are the lines of a header, without the status line.
type Lines []byte

// Values returns the values of all lines with that name, in any case.
func (l *Lines) Values(name string) (values []string) {
	rest := []byte(*l)
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		field, value, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\r")), []byte(":"))
		if !ok || !equalFold(trim(field), name) {
			continue
		}
		text := string(trim(value))
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') { // the line goes on
			line, rest, _ = bytes.Cut(rest, []byte("\n"))
			text += " " + strings.TrimSpace(string(line))
		}
		values = append(values, text)
	}
	return values
}
