package knownanswer

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// stamp is what the server knows about one request, in readings of monotonic.
type stamp struct {
	seq               uint64
	received, written int64
}

const (
	stampSize = 24   // bytes, three little-endian words
	chunkSize = 4096 // stamps; chunks are never copied, because copying would stall the server
)

// stamps collects stamps without ever pausing for long.
type stamps struct {
	mu     sync.Mutex
	chunks [][]stamp
}

// add keeps a stamp. Stamps are kept in chunks, so that no addition has to copy those
// before it.
func (s *stamps) add(t stamp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last]) == chunkSize {
		s.chunks = append(s.chunks, make([]stamp, 0, chunkSize))
		last++
	}
	s.chunks[last] = append(s.chunks[last], t)
}

// take encodes the collected stamps and discards them.
func (s *stamps) take() []byte {
	s.mu.Lock()
	chunks := s.chunks
	s.chunks = nil
	s.mu.Unlock()
	var b []byte
	for _, c := range chunks {
		for _, t := range c {
			b = binary.LittleEndian.AppendUint64(b, t.seq)
			b = binary.LittleEndian.AppendUint64(b, uint64(t.received))
			b = binary.LittleEndian.AppendUint64(b, uint64(t.written))
		}
	}
	return b
}

// readStamps decodes what take encoded. If a request was sent again over a new
// connection, its last stamps count.
func readStamps(r io.Reader) (map[uint64]stamp, error) {
	all := map[uint64]stamp{}
	var b [stampSize]byte
	for {
		switch _, err := io.ReadFull(r, b[:]); err {
		case nil:
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("read the server's stamps: %w", err)
		}
		t := stamp{
			seq:      binary.LittleEndian.Uint64(b[:]),
			received: int64(binary.LittleEndian.Uint64(b[8:])),
			written:  int64(binary.LittleEndian.Uint64(b[16:])),
		}
		all[t.seq] = t
	}
}
