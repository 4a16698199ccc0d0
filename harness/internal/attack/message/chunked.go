package message

import (
	"bytes"
	"math"
)

// frame decides from the header how the body ends.
func (a *Answer) frame(status int) error {
	if a.encodings > 0 && a.codes {
		if a.encodings > 1 || a.oddCoding {
			return ErrMalformed
		}
		a.chunked = true
	}
	length, err := a.contentLength()
	if err != nil || a.chunked && a.badKey {
		return ErrMalformed
	}
	switch {
	case a.before1:
		a.Closes = true
	case a.minor10:
		a.Closes = a.close || !a.keep
	default:
		a.Closes = a.close
	}
	none := a.head || status < 200 || status == 204 || status == 304
	switch {
	case none || length == 0 && !a.chunked:
		a.chunked = false
		a.state = whole
		// After a switch of protocols the connection no longer carries HTTP.
		a.Closes = a.Closes || status == 101
	case a.chunked:
		a.state = inSize
	case length > 0:
		a.state, a.left = inBody, length
	default:
		a.state, a.Closes = toEnd, true
	}
	return nil
}

// contentLength returns the value of Content-Length, or -1 if there is none.
func (a *Answer) contentLength() (int64, error) {
	if !a.hasLength {
		return -1, nil
	}
	if a.oddLength || len(a.length) == 0 {
		return 0, ErrMalformed
	}
	n := int64(0)
	for _, c := range a.length {
		if !digit(c) || n > (math.MaxInt64-int64(c-'0'))/10 {
			return 0, ErrMalformed
		}
		n = 10*n + int64(c-'0')
	}
	return n, nil
}

// maxSizeLine bounds the line that begins a chunk, without its end.
const maxSizeLine = 4096

// feedChunked reads everything of a chunked body except the data of its chunks: the lines
// with sizes, the line ends after the data, and the trailer.
func (a *Answer) feedChunked(b []byte) (n int, err error) {
	switch a.state {
	case inSize:
		line, n, ok := a.line(b)
		switch {
		case !ok && len(a.partial) > maxSizeLine+1, ok && len(line) > maxSizeLine+1:
			return n, ErrMalformed
		case !ok:
			return n, nil
		}
		err := a.chunk(line)
		a.partial = a.partial[:0]
		return n, err
	case inChunkEnd:
		a.partial = append(a.partial, b[0])
		if want := "\r\n"; a.partial[len(a.partial)-1] != want[len(a.partial)-1] {
			return 1, ErrMalformed
		}
		if len(a.partial) == 2 {
			a.partial, a.state = a.partial[:0], inSize
		}
		return 1, nil
	}
	return a.trailer(b)
}

// line returns the next line without its line feed, if it is complete.
func (a *Answer) line(b []byte) (line []byte, n int, ok bool) {
	at := bytes.IndexByte(b, '\n')
	if at < 0 {
		a.partial = append(a.partial, b[:min(len(b), maxSizeLine+3)]...)
		return nil, len(b), false
	}
	if len(a.partial) == 0 {
		return b[:at], at + 1, true
	}
	a.partial = append(a.partial, b[:min(at, maxSizeLine+3)]...)
	return a.partial, at + 1, true
}

// chunk reads a line with the size of a chunk, and begins the chunk. The line ends with a
// carriage return and has no other one.
func (a *Answer) chunk(line []byte) error {
	if cr := bytes.IndexByte(line, '\r'); cr < 0 || cr != len(line)-1 || cr >= maxSizeLine {
		return ErrMalformed
	}
	line = line[:len(line)-1]
	a.excess += int64(len(line)) + 2
	for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t') {
		line = line[:len(line)-1]
	}
	size, _, _ := bytes.Cut(line, []byte(";")) // the rest are extensions
	if len(size) == 0 || len(size) > 16 {
		return ErrMalformed
	}
	var v uint64
	for _, c := range size {
		d, ok := hex(c)
		if !ok {
			return ErrMalformed
		}
		v = v<<4 | d
	}
	if v > MaxBody {
		return ErrOversizedBody
	}
	// A chunk may have an overhead of 16 bytes and of twice its data. A server with much
	// more sends no message but keeps the reader busy.
	a.excess = max(a.excess-16-2*int64(v), 0)
	if a.excess > 16<<10 {
		return ErrMalformed
	}
	a.state, a.left = inChunk, int64(v)
	if v == 0 {
		a.state = inTrailer
	}
	return nil
}

// hex returns the value of a hexadecimal digit.
func hex(c byte) (d uint64, ok bool) {
	switch c = lower(c); {
	case digit(c):
		return uint64(c - '0'), true
	case c >= 'a' && c <= 'f':
		return uint64(c-'a') + 10, true
	}
	return 0, false
}

// trailer reads what follows the last chunk: header lines, which may be missing, and an
// empty line.
func (a *Answer) trailer(b []byte) (n int, err error) {
	before := len(a.partial)
	a.partial = append(a.partial, b[:min(len(b), MaxHeader+1-before)]...)
	t := a.partial
	end := -1
	if len(t) >= 2 && t[0] == '\r' && t[1] == '\n' {
		end = 2
	} else if at := bytes.Index(t[max(0, before-3):], []byte("\r\n\r\n")); at >= 0 {
		end = max(0, before-3) + at + 4
	}
	switch {
	case end > MaxHeader, end < 0 && len(t) > MaxHeader:
		return 0, ErrOversizedHeader
	case end < 0:
		return len(b), nil
	}
	if end > 2 && (headEnd(t[:end], 0) != end || t[0] == '\n' || a.lines(t[:end], false) != nil) {
		return 0, ErrMalformed
	}
	a.partial, a.state = a.partial[:0], whole
	return end - before, nil
}

// validName reports whether a field name has only bytes that are allowed. A space is
// allowed too, because net/http accepts it.
func validName(b []byte) bool {
	for _, c := range b {
		if !nameByte[c] {
			return false
		}
	}
	return true
}

// validValue tells whether a field value has no control byte but tabs.
func validValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// nameByte contains the bytes of a token (RFC 9110, section 5.6.2), and the space.
var nameByte = func() (t [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~ 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] = true
	}
	return t
}()
