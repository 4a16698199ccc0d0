package message

import (
	"strconv"
	"strings"
)

// Message is one request to be sent. The slices belong to the caller until the
// request is written.
type Message struct {
	Method string // in capitals, for example "GET"
	Path   []byte // with the query
	// Header lines replace those of the envelope. Body may be empty.
	Header []Header
	Body   []byte
	// Keep says that the answer is to be checked, so that its header and its body are
	// kept.
	Keep bool
}

// Header is one header line.
type Header struct{ Name, Value string }

// Envelope is what all requests of a load have in common.
type Envelope struct {
	Host   string // of the Host line, unless the request has its own
	Attack string // X-Vegeta-Attack; empty: none
	Close  bool   // asks the server to end the connection after its answer
}

// Append appends the request with a sequence number to dst. A header line of the request
// replaces an earlier line with the same name, and that of the envelope. A request cannot
// choose its Content-Length or Transfer-Encoding, because the body is always sent with its
// length.
func (e *Envelope) Append(dst []byte, m *Message, seq uint64) []byte {
	dst = append(dst, m.Method...)
	dst = append(dst, ' ')
	dst = append(dst, m.Path...)
	dst = append(dst, " HTTP/1.1\r\n"...)
	if !m.has("Host") {
		dst = appendLine(dst, "Host", e.Host)
	}
	if !m.has("User-Agent") {
		dst = appendLine(dst, "User-Agent", "assay")
	}
	if e.Close && !m.has("Connection") {
		dst = appendLine(dst, "Connection", "close")
	}
	for i, h := range m.Header {
		if !m.replaced(i) && !e.owns(h.Name) {
			dst = appendLine(dst, h.Name, h.Value)
		}
	}
	if e.Attack != "" {
		dst = appendLine(dst, "X-Vegeta-Attack", e.Attack)
	}
	dst = append(dst, "X-Vegeta-Seq: "...)
	dst = strconv.AppendUint(dst, seq, 10)
	if len(m.Body) > 0 || m.Method != "GET" && m.Method != "HEAD" {
		dst = append(dst, "\r\nContent-Length: "...)
		dst = strconv.AppendInt(dst, int64(len(m.Body)), 10)
	}
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, m.Body...)
}

// owns reports whether Append itself writes the header line with this name.
func (e *Envelope) owns(name string) bool {
	switch len(name) {
	case len("X-Vegeta-Seq"):
		return strings.EqualFold(name, "X-Vegeta-Seq")
	case len("Content-Length"):
		return strings.EqualFold(name, "Content-Length")
	case len("X-Vegeta-Attack"):
		return e.Attack != "" && strings.EqualFold(name, "X-Vegeta-Attack")
	case len("Transfer-Encoding"):
		return strings.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

// replaced tells whether a later line has the name of line i.
func (m *Message) replaced(i int) bool {
	name := m.Header[i].Name
	for _, h := range m.Header[i+1:] {
		if len(h.Name) == len(name) && strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// has tells whether the request has a header line of that name.
func (m *Message) has(name string) bool {
	for _, h := range m.Header {
		if len(h.Name) == len(name) && strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// Closes tells whether the request itself asks for the end of the connection.
func (m *Message) Closes() bool {
	for _, h := range m.Header {
		if strings.EqualFold(h.Name, "Connection") && lists([]byte(h.Value), "close") {
			return true
		}
	}
	return false
}

// appendLine appends a header line.
func appendLine(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	at := len(dst)
	dst = append(dst, value...)
	if strings.IndexByte(value, '\r') >= 0 || strings.IndexByte(value, '\n') >= 0 {
		// A line end in a value would begin another line of the request.
		for i := at; i < len(dst); i++ {
			if dst[i] == '\r' || dst[i] == '\n' {
				dst[i] = ' '
			}
		}
	}
	return append(dst, "\r\n"...)
}
