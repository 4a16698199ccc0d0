package perfcheck

import (
	"bytes"
	"strings"
)

// kept is how many bytes, and shown how many lines, a tail keeps.
const (
	kept  = 16 << 10
	shown = 10
)

// tail keeps the end of what a program said.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-kept):]
	return len(p), nil
}

// Reset forgets everything.
func (t *tail) Reset() { t.text = nil }

// String is the last lines. If one of them begins with the name of a program of
// Assay, which is how errors begin, it is what comes from the last such line on.
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
