package process

import (
	"bytes"
	"sync"
)

// tailLines is how much of a log an error message shows.
const tailLines = 12

// Tail is a writer that keeps the last bytes written to it, for error messages. It may
// be written to by several goroutines at once.
type Tail struct {
	mu  sync.Mutex
	buf []byte
	max int
}

// NewTail returns an empty Tail that keeps 16 KB.
func NewTail() *Tail { return newTail(16 << 10) }

// newTail makes a tail of at most limit bytes.
func newTail(limit int) *Tail { return &Tail{max: limit} }

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.max; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

// String returns the last lines, at most twelve.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimRight(t.buf, "\n"), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-tailLines):], []byte("\n")))
}
