package message

import (
	"errors"
	"io"
)

const (
	// MaxHeader bounds an answer's header, with those of the interim answers before it,
	// and the trailer of chunks. Many servers refuse to send as much, and curl to read
	// more than 300 KB, but a page may set its twenty cookies of 4 KB each.
	MaxHeader = 256 << 10
	// MaxBody bounds a body whose length is not known beforehand.
	MaxBody = 64 << 20
)

// The mistakes that an answer can have. Every error of Feed and End is one of these, or
// wraps one; End also returns io.EOF.
var (
	ErrMalformed       = errors.New("malformed answer")
	ErrTruncated       = errors.New("truncated answer")
	ErrOversizedHeader = errors.New("oversized answer header")
	ErrOversizedBody   = errors.New("oversized answer body")
)

// state is what an Answer reads next.
type state uint8

const (
	inHead state = iota
	inBody       // of a known length
	toEnd        // until the connection ends
	inSize       // of a chunk
	inChunk
	inChunkEnd // its CRLF
	inTrailer
	whole
)

// Answer reads one answer. The zero value reads that to a GET; Reset prepares it
// for another one. An Answer that has failed must be Reset before it is used again.
type Answer struct {
	Status     int    // 0 until the header was read
	Closes     bool   // the server ends the connection after this answer
	Bytes      int64  // of the body, without chunk sizes
	Timing     []byte // values of Server-Timing, separated by commas
	RetryAfter []byte // value of the first Retry-After
	Asked      bool   // there was a Retry-After that is not empty
	Kept              // if Keep was called

	head    bool  // it answers a HEAD, and has no body
	keeps   bool  // header and body are kept
	begun   bool  // a byte of it came
	state   state // what comes next
	left    int64 // of the body or chunk
	interim int   // bytes of the headers of interim answers
	partial []byte
	excess  int64 // of chunk sizes and their extensions over data

	fields
}

// Reset prepares a for the next answer; head says that it answers a HEAD.
func (a *Answer) Reset(head bool) {
	*a = Answer{
		head: head, Timing: a.Timing[:0], RetryAfter: a.RetryAfter[:0], partial: a.partial[:0],
		fields: fields{folded: a.folded[:0], length: a.length[:0]}, Kept: a.Kept,
	}
}

// Begun tells whether any byte of the answer came, those of interim answers
// included.
func (a *Answer) Begun() bool { return a.begun }

// Feed takes the next bytes of the connection. The first n of them belong to the answer;
// unless the answer is done, these are all of them. After an error the answer cannot be
// continued.
func (a *Answer) Feed(b []byte) (n int, done bool, err error) {
	a.begun = a.begun || len(b) > 0
	for len(b) > n && a.state != whole {
		var took int
		switch rest := b[n:]; a.state {
		case inHead:
			took, err = a.feedHead(rest)
		case inBody, inChunk:
			took = int(min(a.left, int64(len(rest))))
			a.left -= int64(took)
			a.Bytes += int64(took)
			if a.keeps {
				a.add(rest[:took])
			}
			if a.left == 0 {
				a.state = a.afterBody()
			}
		case toEnd:
			took = len(rest)
			a.Bytes += int64(took)
			if a.keeps {
				a.add(rest)
			}
		case inSize, inChunkEnd, inTrailer:
			took, err = a.feedChunked(rest)
		}
		n += took
		if err == nil && a.Bytes > MaxBody && (a.state == toEnd || a.chunked) {
			err = ErrOversizedBody
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, a.state == whole, nil
}

// afterBody is the state after the last byte of a body or of a chunk.
func (a *Answer) afterBody() state {
	if a.state == inChunk {
		return inChunkEnd
	}
	return whole
}

// End is called when the connection has ended. It returns nil if the end of the connection
// is the end of this answer, io.EOF if no byte of an answer has arrived, and otherwise what
// is wrong.
func (a *Answer) End() error {
	switch {
	case a.state == toEnd:
		a.state = whole
		return nil
	case !a.begun:
		return io.EOF
	case a.state == inHead && len(a.partial) > 0:
		if err := a.scan(a.partial); err != nil {
			return err
		}
	}
	return ErrTruncated
}

// lists reports whether a word is in a list as RFC 9110 defines lists: separated by
// commas. Upper and lower case do not matter.
func lists(list []byte, word string) bool {
	for len(list) >= len(word) {
		at := 0
		for at < len(list) && list[at] != ',' {
			at++
		}
		if equalFold(trim(list[:at]), word) {
			return true
		}
		list = list[min(at+1, len(list)):]
	}
	return false
}

// equalFold compares without regard to case. It knows only ASCII, because names in headers
// have no other letters.
func equalFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i, c := range b {
		if lower(c) != lower(word[i]) {
			return false
		}
	}
	return true
}

// lower turns an ASCII capital into a small letter.
func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// trim removes spaces and tabs at both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
