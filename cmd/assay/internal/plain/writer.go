package plain

import (
	"bytes"
	"io"
	"sync"
)

// longest is how many bytes of a line Writer keeps back while it waits for the end
// of the line.
const longest = 64 << 10

// Writer passes lines on as Text returns them. It can be written to by several
// goroutines at once.
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	line []byte // the beginning of a line whose end has not come yet
}

// NewWriter returns a Writer that passes lines on to w.
func NewWriter(w io.Writer) *Writer { return &Writer{to: w} }

// Write takes more text. A line is passed on when it has ended or is very long.
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

// Flush passes on what is left of a last line without an end, and ends it.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.line) == 0 {
		return nil
	}
	w.line = append(w.line, '\n')
	return w.pass(len(w.line))
}

func (w *Writer) pass(end int) error {
	if end == 0 {
		return nil
	}
	// A carriage return before a line feed is a part of the line's end. Any other
	// is where GitHub Actions could see the beginning of a line.
	text := bytes.ReplaceAll(w.line[:end], []byte("\r\n"), []byte("\n"))
	w.line = w.line[end:]
	_, err := io.WriteString(w.to, Text(string(text)))
	return err
}
