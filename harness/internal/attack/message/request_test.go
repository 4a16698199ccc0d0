package message

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

func TestRequests(t *testing.T) {
	e := Envelope{Host: "example:80", Attack: "s"}
	for _, c := range []struct {
		m    Message
		want string
	}{
		{Message{Method: "GET", Path: []byte("/a?b")},
			"GET /a?b HTTP/1.1\r\nHost: example:80\r\nUser-Agent: assay\r\nX-Vegeta-Attack: s\r\nX-Vegeta-Seq: 7\r\n\r\n"},
		{Message{Method: "POST", Path: []byte("/"), Body: []byte("body"), Header: []Header{{"X", "1"}, {"host", "h"}, {"user-agent", "u"}, {"x", "2"}}},
			"POST / HTTP/1.1\r\nhost: h\r\nuser-agent: u\r\nx: 2\r\nX-Vegeta-Attack: s\r\nX-Vegeta-Seq: 7\r\nContent-Length: 4\r\n\r\nbody"},
		{Message{Method: "DELETE", Path: []byte("/"), Header: []Header{{"X", "a\r\nY: b"}, {"X-Vegeta-Seq", "1"}, {"content-length", "9"}, {"Transfer-Encoding", "chunked"}}},
			"DELETE / HTTP/1.1\r\nHost: example:80\r\nUser-Agent: assay\r\nX: a  Y: b\r\nX-Vegeta-Attack: s\r\nX-Vegeta-Seq: 7\r\nContent-Length: 0\r\n\r\n"},
	} {
		got := e.Append(nil, &c.m, 7)
		if string(got) != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(got)))
		if err != nil {
			t.Errorf("%q: %v", got, err)
			continue
		}
		if body, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(body, c.m.Body) {
			t.Errorf("body %q, %v", body, err)
		}
	}
	closing := Envelope{Host: "h", Close: true}
	if got, want := string(closing.Append(nil, &Message{Method: "GET", Path: []byte("/")}, 0)), "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: assay\r\nConnection: close\r\nX-Vegeta-Seq: 0\r\n\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if m := (Message{Header: []Header{{"connection", "a, Close"}}}); !m.Closes() {
		t.Error("a request that says close does not close")
	}
}
