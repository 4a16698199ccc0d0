package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
)

// standard is what net/http makes of the same bytes.
func standard(head bool, b []byte) outcome {
	method := http.MethodGet
	if head {
		method = http.MethodHead
	}
	r := bufio.NewReaderSize(bytes.NewReader(b), len(b)+64)
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return outcome{err: err}
		}
		if resp.StatusCode < 100 {
			return outcome{err: errors.New("a status below 100")}
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil {
			return outcome{err: err}
		}
		if resp.StatusCode < 200 && resp.StatusCode != 101 {
			continue
		}
		return outcome{resp.StatusCode, resp.Close || resp.StatusCode == 101, n, r.Buffered(), nil}
	}
}

// FuzzAnswer holds the framing against net/http: the same bytes, cut at any place,
// give the same outcome.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 2",
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil the end",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\nX: a\r\n b\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2;x=y\r\nok\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
		"HTTP/1.1 200 OK\nConnection: a, close\nContent-Length: 1\nContent-Length: 1\n\nx",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\nraw",
		"HTTP/1.1 503 No\r\nRetry-After: 1\r\nServer-Timing: a;dur=1, b\r\nContent-Length: 0\r\n\r\n",
		"I am no HTTP server\r\n\r\n",
	} {
		f.Add([]byte(text), false, uint16(1), uint16(3))
		f.Add([]byte(text), true, uint16(5), uint16(17))
	}
	f.Fuzz(func(t *testing.T, b []byte, head bool, first, second uint16) {
		var a Answer
		want := read(&a, head, b, func(left int) int { return left })
		cuts := []int{int(first), int(second)}
		i := 0
		inPieces := read(&a, head, b, func(int) int { i++; return cuts[i%2] })
		byBytes := read(&a, head, b, func(int) int { return 1 })
		if inPieces != want || byBytes != want {
			t.Fatalf("%q\nwhole:     %v\nin pieces: %v\nby bytes:  %v", b, want, inPieces, byBytes)
		}
		if len(b) > MaxHeader/2 || chunkedWithBareFeeds(b) {
			return // the differences that are meant
		}
		std := standard(head, b)
		if (std.err == nil) != (want.err == nil) || std.err == nil && std != want {
			t.Fatalf("%q\nours:     %v\nnet/http: %v", b, want, std)
		}
	})
}

// chunkedWithBareFeeds tells whether there may be a trailer that ends in bare line
// feeds.
func chunkedWithBareFeeds(b []byte) bool {
	if !bytes.Contains(bytes.ToLower(b), []byte("chunked")) {
		return false
	}
	for i, c := range b {
		if c == '\n' && (i == 0 || b[i-1] != '\r') {
			return true
		}
	}
	return false
}
