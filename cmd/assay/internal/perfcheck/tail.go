package perfcheck

import (
	"bytes"
	"strings"
)

// A tail keeps kept bytes and shows shown lines.
const (
	kept  = 16 << 10
	shown = 10
)

// tail keeps the end of a program's output.
type tail struct{ text []byte }

// Write keeps the end of what it was given so far. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-kept):]
	return len(p), nil
}

// Reset discards everything.
func (t *tail) Reset() { t.text = nil }

// String returns the last lines. If one of them begins with the name of a program of
// Assay, as errors do, String returns only the text from the last such line on.
func (t *tail) String() string {
	lines := strings.Split(string(bytes.TrimRight(t.text, "\n")), "\n")
	lines = lines[max(0, len(lines)-shown):]
	for i := len(lines) - 1; i >= 0; i-- {
		for _, program := range []string{"harness: ", "analysis: ", "assay: "} {
			if strings.HasPrefix(lines[i], program) {
				return strings.Join(lines[i:], "\n")
			}
		}
	}
	return strings.Join(lines, "\n")
}
