package attack

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// serveCut answers request k of each connection with the answer cut into two writes
// at its k-th byte, over TLS if there is a configuration. The pause between the
// writes makes most of them arrive apart; whether they do must not matter. An answer
// that ends with its connection gets the end of it.
func serveCut(t *testing.T, answer string, ends bool, secure *tls.Config) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					k, _ := strconv.Atoi(req.FormValue("k"))
					k %= len(answer)
					_, _ = io.WriteString(c, answer[:k])
					time.Sleep(50 * time.Microsecond)
					if _, err := io.WriteString(c, answer[k:]); err != nil || ends {
						return
					}
				}
			})
		}
	})
	return l.Addr().String()
}

// An answer has the outcome that net/http's reader gives it, wherever it is cut on
// its way, in plain and over TLS.
func TestAnswersCutOnTheirWay(t *testing.T) {
	srv, client := secure(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		answer string
		ends   bool
	}{
		{answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer-Timing: a;dur=1\r\n\r\nhello"},
		{answer: "HTTP/1.1 503 No\nRetry-After: 0\nContent-Length: 0\n\n"},
		{answer: "HTTP/1.1 103 Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n"},
		{answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nX: y\r\n\r\n"},
		{answer: "HTTP/1.0 200 OK\r\n\r\nuntil the end", ends: true},
		{answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", ends: true},
		{answer: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", ends: true},
		{answer: "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello", ends: true},
	} {
		n := uint64(len(c.answer)) // and so many clients, who do not pause after failures
		status, length, err := standardReading(c.answer)
		for scheme, config := range map[string]*tls.Config{"http": nil, "https": srv.TLS} {
			res, _ := runAt(t, Config{
				URL: scheme + "://" + serveCut(t, c.answer, c.ends, config), TLS: client,
				Clients: int(n), Requests: n, Timeout: time.Minute, Connections: 4, NoReuse: c.ends,
			})
			want := map[string]uint64{strconv.Itoa(status): n}
			if err != nil {
				want = map[string]uint64{}
			}
			if !maps.Equal(res.Statuses, want) || res.Redials > 0 || err == nil && res.BytesIn != n*uint64(length) || err != nil && res.Outcomes.Error != n {
				t.Errorf("%q over %s: statuses %v, %d bytes, failures %v, %d redials; net/http reads %d and %d bytes, %v",
					c.answer, scheme, res.Statuses, res.BytesIn, res.Errors, res.Redials, status, length, err)
			}
		}
	}
}

// standardReading is what net/http makes of an answer.
func standardReading(answer string) (status int, length int64, err error) {
	r := bufio.NewReader(bytes.NewReader([]byte(answer)))
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return 0, 0, err
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode >= 200 {
			return resp.StatusCode, n, err
		}
	}
}

// What follows an answer that nobody asked for is not taken for the next one.
func TestNothingFollowsAnAnswer(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for _, more := range []string{"x", "\r\n", "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"} {
		url := serveRaw(t, func(int, int) (string, bool) { return answer + more, false })
		res, _ := runAt(t, Config{URL: url, Clients: 1, Requests: 5, Timeout: time.Minute, Connections: 1})
		if fmt.Sprint(res.Statuses) != "map[200:5]" || res.Connections != 5 {
			t.Errorf("%q: statuses %v, failures %v over %d connections, want five answers over five", more, res.Statuses, res.Errors, res.Connections)
		}
	}
}
