package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// outcome is what becomes of the bytes of one connection.
type outcome struct {
	status int
	closes bool
	bytes  int64
	rest   int // bytes that are not the answer's
	err    error
}

func (o outcome) String() string {
	return fmt.Sprintf("status %d, closes %v, %d bytes, %d after it, %v", o.status, o.closes, o.bytes, o.rest, o.err)
}

// read feeds a with pieces, of which cut says the lengths, and ends the connection
// after them.
func read(a *Answer, head bool, b []byte, cut func(left int) int) outcome {
	a.Reset(head)
	for len(b) > 0 {
		piece := min(max(cut(len(b)), 1), len(b))
		n, done, err := a.Feed(b[:piece])
		if err != nil {
			return outcome{err: err}
		}
		if b = b[n:]; done {
			return outcome{a.Status, a.Closes, a.Bytes, len(b), nil}
		}
		if n != piece {
			return outcome{err: fmt.Errorf("%d of %d bytes were taken of an answer that is not done", n, piece)}
		}
	}
	if err := a.End(); err != nil {
		return outcome{err: err}
	}
	return outcome{a.Status, a.Closes, a.Bytes, 0, nil}
}

// A whole answer is framed alike however it is cut.
func TestAnswers(t *testing.T) {
	long := strings.Repeat("x", MaxHeader)
	for _, c := range []struct {
		name, text string
		head       bool
		want       outcome
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP", false, outcome{200, false, 2, 4, nil}},
		{"no body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, outcome{200, false, 0, 0, nil}},
		{"to the end", "HTTP/1.1 200 OK\r\n\r\nok", false, outcome{200, true, 2, 0, nil}},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false, outcome{200, true, 2, 0, nil}},
		{"HTTP/1.0, kept", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", false, outcome{200, false, 2, 0, nil}},
		{"close among others", "HTTP/1.1 200 OK\r\nConnection: a,\tClose , b\r\nContent-Length: 0\r\n\r\n", false, outcome{200, true, 0, 0, nil}},
		{"disclose is no close", "HTTP/1.1 200 OK\r\nConnection: disclose\r\nContent-Length: 0\r\n\r\n", false, outcome{200, false, 0, 0, nil}},
		{"head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, outcome{200, false, 0, 0, nil}},
		{"head, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true, outcome{200, false, 0, 0, nil}},
		{"no content", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", false, outcome{204, false, 0, 5, nil}},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", false, outcome{304, false, 0, 0, nil}},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nContent-Length: 3\r\n\r\nHTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\nx", false, outcome{201, false, 1, 0, nil}},
		{"switch", "HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\nraw", false, outcome{101, true, 0, 3, nil}},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=b\r\nok\r\n0A \r\n0123456789\r\n0\r\n\r\nX", false, outcome{200, false, 12, 1, nil}},
		{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\nx\r\n0\r\nX: y\r\nZ: a\r\n\r\n", false, outcome{200, false, 1, 0, nil}},
		{"chunked beats length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, outcome{200, false, 0, 0, nil}},
		{"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", false, outcome{200, false, 1, 0, nil}},
		{"folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length:\r\n\t1\r\n\r\nx", false, outcome{200, false, 1, 0, nil}},
		{"equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", false, outcome{200, false, 1, 0, nil}},

		{"nothing", "", false, outcome{}},
		{"different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", false, outcome{err: ErrMalformed}},
		{"length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", false, outcome{err: ErrMalformed}},
		{"length beyond numbers", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nx", false, outcome{err: ErrMalformed}},
		{"another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"no colon", "HTTP/1.1 200 OK\r\nX y\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"no name", "HTTP/1.1 200 OK\r\n: y\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"a name with a slash", "HTTP/1.1 200 OK\r\na/b: y\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"a value with a zero", "HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"two digits", "HTTP/1.1 20 OK\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"not HTTP", "I am no HTTP server\r\n", false, outcome{err: ErrMalformed}},
		{"not HTTP, and long", "I am no HTTP server\r\n" + long, false, outcome{err: ErrMalformed}},
		{"chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", false, outcome{err: ErrMalformed}},
		{"chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n", false, outcome{err: ErrMalformed}},
		{"chunk with a bare line feed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n", false, outcome{err: ErrMalformed}},
		{"endless size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + long, false, outcome{err: ErrMalformed}},
		{"cut in the status", "HTTP/1.1 2", false, outcome{err: ErrTruncated}},
		{"cut in the header", "HTTP/1.1 200 OK\r\nX: y\r\n", false, outcome{err: ErrTruncated}},
		{"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", false, outcome{err: ErrTruncated}},
		{"cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nok", false, outcome{err: ErrTruncated}},
		{"cut in the trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX", false, outcome{err: ErrTruncated}},
		{"cut after an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", false, outcome{err: ErrTruncated}},
		{"long header", "HTTP/1.1 200 OK\r\nX: " + long, false, outcome{err: ErrOversizedHeader}},
		{"long header, whole", "HTTP/1.1 200 OK\r\nX: " + long + "\r\n\r\n", false, outcome{err: ErrOversizedHeader}},
		{"long trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + long, false, outcome{err: ErrOversizedHeader}},
		{"long chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000001\r\n", false, outcome{err: ErrOversizedBody}},
	} {
		var a Answer
		for name, cut := range map[string]func(int) int{
			"whole": func(left int) int { return left }, "bytes": func(int) int { return 1 }, "threes": func(int) int { return 3 },
		} {
			got := read(&a, c.head, []byte(c.text), cut)
			if c.text == "" {
				if got.err == nil || a.Begun() {
					t.Errorf("nothing came, and it was %v", got)
				}
				continue
			}
			if !errors.Is(got.err, c.want.err) || got.err == nil && got != c.want {
				t.Errorf("%s, %s: %v, want %v", c.name, name, got, c.want)
			}
		}
	}
}

// What the ledger takes from a header is that of the final answer.
func TestFieldsOfTheLedger(t *testing.T) {
	var a Answer
	read(&a, false, []byte("HTTP/1.1 103 Hints\r\nServer-Timing: no;dur=1\r\nRetry-After: 9\r\n\r\n"+
		"HTTP/1.1 503 No\r\nserver-timing: a;dur=1\r\nRetry-After: 3\r\nretry-after: 4\r\nServer-Timing: b;dur=2\r\nContent-Length: 0\r\n\r\n"),
		func(int) int { return 7 })
	if string(a.Timing) != "a;dur=1,b;dur=2" || string(a.RetryAfter) != "3" || !a.Asked {
		t.Errorf("timing %q, Retry-After %q, asked %v", a.Timing, a.RetryAfter, a.Asked)
	}
	read(&a, false, []byte("HTTP/1.1 200 OK\r\nRetry-After:\r\nContent-Length: 0\r\n\r\n"), func(left int) int { return left })
	if len(a.Timing) > 0 || a.Asked {
		t.Errorf("after a reset: timing %q, asked %v", a.Timing, a.Asked)
	}
}

// An answer that comes in one piece costs no memory.
func TestAnswersAllocateNothing(t *testing.T) {
	var a Answer
	text := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nServer-Timing: a;dur=1\r\nContent-Length: 2\r\n\r\nok")
	if n := testing.AllocsPerRun(100, func() {
		a.Reset(false)
		if _, done, err := a.Feed(text); !done || err != nil {
			t.Fatal(done, err)
		}
	}); n > 0 {
		t.Errorf("%v allocations an answer", n)
	}
}

func BenchmarkAnswer(b *testing.B) {
	var a Answer
	text := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 30 Nov 2026 09:00:00 GMT\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok")
	for b.Loop() {
		a.Reset(false)
		a.Feed(text)
	}
}
