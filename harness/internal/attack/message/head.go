package message

import "bytes"

// fields are the parts of a header that decide where the answer ends.
type fields struct {
	chunked   bool
	encodings int    // lines of Transfer-Encoding
	oddCoding bool   // one of them is not "chunked"
	length    []byte // value of Content-Length
	hasLength bool
	oddLength bool // there are several that differ
	close     bool // Connection has it
	keep      bool
	badKey    bool // Trailer names a field that no trailer may have
	minor10   bool // HTTP/1.0
	before1   bool // HTTP/0.x
	codes     bool // the version knows Transfer-Encoding
	folded    []byte
}

// reset clears the fields, because the answer that follows an interim answer has a header
// of its own.
func (f *fields) reset() {
	*f = fields{folded: f.folded[:0], length: f.length[:0]}
}

// feedHead reads a header. The part of it that arrived earlier is in partial.
func (a *Answer) feedHead(b []byte) (n int, err error) {
	head := b
	before := len(a.partial)
	if before > 0 {
		a.partial = append(a.partial, b[:min(len(b), MaxHeader+1-before)]...)
		head = a.partial
	}
	if Foreign(head) {
		return 0, ErrMalformed
	}
	// The end has up to three bytes, and may have been cut between two pieces.
	end := headEnd(head, max(0, before-2))
	limit := MaxHeader - a.interim
	switch {
	case end > limit, end < 0 && len(head) > limit:
		return 0, oversized(head)
	case end < 0:
		if before == 0 {
			a.partial = append(a.partial, b...)
		}
		return len(b), a.early(before)
	}
	err = a.parse(head[:end])
	a.partial = a.partial[:0]
	return end - before, err
}

// headEnd returns the length of the header at the start of b, including the empty line
// that ends it. It is negative if the empty line has not arrived. The caller knows that
// there is no empty line before from.
func headEnd(b []byte, from int) int {
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		switch {
		case from < len(b) && b[from] == '\n':
			return from + 1
		case from+1 < len(b) && b[from] == '\r' && b[from+1] == '\n':
			return from + 2
		}
	}
}

// Foreign reports whether the first bytes of an answer are not those of HTTP/1. A server of
// another protocol may never end its first line.
func Foreign(head []byte) bool {
	const begin = "HTTP/"
	n := min(len(head), len(begin))
	return string(head[:n]) != begin[:n]
}

// early checks the status line as soon as it is complete, so that an answer that is not
// HTTP fails at once and not only when the connection ends.
func (a *Answer) early(before int) error {
	at := bytes.IndexByte(a.partial, '\n')
	if at < 0 || at < before {
		return nil
	}
	_, _, err := statusLine(a.partial[:at])
	return err
}

// oversized returns the error for a header that is too long. If the first line is not
// HTTP, that is the error, however many bytes arrive at once.
func oversized(head []byte) error {
	if at := bytes.IndexByte(head, '\n'); at >= 0 {
		if _, _, err := statusLine(head[:at]); err != nil {
			return err
		}
	}
	return ErrOversizedHeader
}

// scan looks for a mistake in a header that ended in the middle.
func (a *Answer) scan(b []byte) error {
	line, rest, _ := bytes.Cut(b, []byte("\n"))
	if _, _, err := statusLine(line); err != nil && len(line) < len(b) {
		return err
	}
	if at := bytes.LastIndexByte(rest, '\n'); at >= 0 {
		return a.lines(rest[:at+1], false)
	}
	return nil
}

// parse reads a complete header and sets the state in which the answer goes on.
func (a *Answer) parse(head []byte) error {
	at := bytes.IndexByte(head, '\n')
	status, version, err := statusLine(head[:at])
	if err != nil {
		return err
	}
	a.fields.reset()
	a.minor10, a.before1 = version == "HTTP/1.0", version < "HTTP/1"
	a.codes = version >= "HTTP/1.1" || version == "HTTP/0.0" // the latter as net/http has it
	if err := a.lines(head[at+1:], true); err != nil {
		return err
	}
	if err := a.frame(status); err != nil {
		return err
	}
	if status < 200 && status != 101 {
		// An interim answer: the real one follows.
		a.state, a.Timing, a.RetryAfter, a.Asked = inHead, a.Timing[:0], a.RetryAfter[:0], false
		a.interim += len(head)
		return nil
	}
	a.Status = status
	if a.keeps {
		a.Head = append(a.Head[:0], head[at+1:]...)
	}
	return nil
}

// statusLine reads the first line, which comes without its line feed. Versions can be
// compared as strings.
func statusLine(line []byte) (status int, version string, err error) {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	proto, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok {
		return 0, "", ErrMalformed
	}
	switch {
	case string(proto) == "HTTP/1.1":
		version = "HTTP/1.1"
	case string(proto) == "HTTP/1.0":
		version = "HTTP/1.0"
	case len(proto) == len("HTTP/1.1") && string(proto[:5]) == "HTTP/" && proto[6] == '.' && digit(proto[5]) && digit(proto[7]):
		version = string(proto)
	default:
		return 0, "", ErrMalformed
	}
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' {
		return 0, "", ErrMalformed
	}
	for _, c := range rest[:3] {
		if !digit(c) {
			return 0, "", ErrMalformed
		}
		status = 10*status + int(c-'0')
	}
	if status < 100 {
		return 0, "", ErrMalformed
	}
	return status, version, nil
}

// digit reports whether a byte is a decimal digit.
func digit(c byte) bool { return c >= '0' && c <= '9' }

// lines reads header lines up to the empty line, or to the end of b. If keep is true, it
// stores the fields that matter.
func (a *Answer) lines(b []byte, keep bool) error {
	if len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		return ErrMalformed // a folded line would continue the status line
	}
	for len(b) > 0 {
		at := bytes.IndexByte(b, '\n')
		if at < 0 {
			return nil
		}
		line := b[:at]
		b = b[at+1:]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if len(line) == 0 {
			return nil
		}
		if bytes.IndexByte(line, ':') < 0 {
			return ErrMalformed // even if a folded line after it has one
		}
		if len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
			line, b = a.unfold(line, b)
		}
		line = trim(line)
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !validName(line[:colon]) || !validValue(line[colon+1:]) {
			return ErrMalformed
		}
		if keep {
			a.field(line[:colon], trim(line[colon+1:]))
		}
	}
	return nil
}

// unfold joins a line and the folded lines that continue it, which begin with a space.
func (a *Answer) unfold(line, b []byte) (joined, rest []byte) {
	a.folded = append(a.folded[:0], trim(line)...)
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		at := bytes.IndexByte(b, '\n')
		if at < 0 {
			break
		}
		more := b[:at]
		b = b[at+1:]
		if n := len(more); n > 0 && more[n-1] == '\r' {
			more = more[:n-1]
		}
		a.folded = append(append(a.folded, ' '), trim(more)...)
	}
	return a.folded, b
}

// field stores a header line if it matters.
func (a *Answer) field(name, value []byte) {
	switch len(name) {
	case len("Trailer"):
		if equalFold(name, "Trailer") && (lists(value, "Transfer-Encoding") || lists(value, "Trailer") || lists(value, "Content-Length")) {
			a.badKey = true
		}
	case len("Connection"):
		if equalFold(name, "Connection") {
			a.close = a.close || lists(value, "close")
			a.keep = a.keep || lists(value, "keep-alive")
		}
	case len("Retry-After"):
		if equalFold(name, "Retry-After") && len(value) > 0 && !a.Asked {
			a.RetryAfter, a.Asked = append(a.RetryAfter, value...), true
		}
	case len("Server-Timing"):
		if equalFold(name, "Server-Timing") {
			if len(a.Timing) > 0 {
				a.Timing = append(a.Timing, ',')
			}
			a.Timing = append(a.Timing, value...)
		}
	case len("Content-Length"):
		switch {
		case !equalFold(name, "Content-Length"):
		case !a.hasLength:
			a.length, a.hasLength = append(a.length[:0], value...), true
		case !bytes.Equal(a.length, value):
			a.oddLength = true
		}
	case len("Transfer-Encoding"):
		if equalFold(name, "Transfer-Encoding") {
			a.encodings++
			a.oddCoding = a.oddCoding || !equalFold(value, "chunked")
		}
	}
}
