package plain

import (
	"bytes"
	"io"
	"sync"
)

// longest is how many bytes of a line a Writer holds back while it waits for the end
// of the line.
const longest = 64 << 10

// Writer passes lines on in the form that Text returns. Several goroutines may write
// to it at once.
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	line []byte // the beginning of a line that has not ended yet
}

// NewWriter returns a Writer that passes lines on to w.
func NewWriter(w io.Writer) *Writer { return &Writer{to: w} }

// Write accepts more text. It passes a line on when the line has ended or is very
// long.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, p...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if end == 0 && len(w.line) > longest {
		end = len(w.line)
	}
	return len(p), w.pass(end)
}

// Flush passes on the rest of a line that has not ended, and ends the line.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.line) == 0 {
		return nil
	}
	w.line = append(w.line, '\n')
	return w.pass(len(w.line))
}

// pass writes the first end bytes of what is held back, made plain.
func (w *Writer) pass(end int) error {
	if end == 0 {
		return nil
	}
	// A carriage return before a line feed belongs to the end of the line. After any
	// other carriage return, GitHub Actions could see the beginning of a line.
	text := bytes.ReplaceAll(w.line[:end], []byte("\r\n"), []byte("\n"))
	w.line = w.line[end:]
	_, err := io.WriteString(w.to, Text(string(text)))
	return err
}
