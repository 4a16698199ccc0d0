package attack

import (
	"bufio"
	"bytes"
)

// closesAfterHead tells from the header that r holds next, of an answer to a HEAD,
// whether the server ends the connection after it: by the words of Connection, and
// in HTTP/1.0 for want of keep-alive. fasthttp knows nothing of HEAD there: to it an
// answer without a length lasts until the connection ends. A header that cannot be
// had whole is left to it, which says what is wrong.
func closesAfterHead(r *bufio.Reader) bool {
	for n := 1; ; n = r.Buffered() + 1 {
		if _, err := r.Peek(n); err != nil {
			return true
		}
		// What is buffered is there.
		b, _ := r.Peek(r.Buffered())
		if closes, whole := headerCloses(b); whole {
			return closes
		}
	}
}

// headerCloses reads a header, if all of it is there.
func headerCloses(b []byte) (closes, whole bool) {
	var begun, old, keeps bool
	for line := range bytes.Lines(b) {
		if line[len(line)-1] != '\n' {
			break
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0 && begun:
			return closes || old && !keeps, true
		case len(line) == 0: // fasthttp passes over those before the status
		case !begun:
			begun, old = true, !bytes.HasPrefix(line, []byte("HTTP/1.1 "))
		default:
			name, value, _ := bytes.Cut(line, []byte(":"))
			if bytes.EqualFold(bytes.TrimSpace(name), []byte("Connection")) {
				closes = closes || lists(value, "close")
				keeps = keeps || lists(value, "keep-alive")
			}
		}
	}
	return false, false
}

// lists tells whether a word is in a list as RFC 9110 has them: with commas, in any
// case.
func lists(list []byte, word string) bool {
	for w := range bytes.SplitSeq(list, []byte(",")) {
		if bytes.EqualFold(bytes.TrimSpace(w), []byte(word)) {
			return true
		}
	}
	return false
}
