package work

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// endless is a text without an end.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if e.read.Add(int64(len(p))) == int64(len(p)) {
		p[0] = '"' // a text begins, and does not end
	}
	return len(p), nil
}

// postEndless sends a message of 1 GB and returns the status of the answer, or 0 if the
// connection was closed before there was one. Only a small part of the message is taken.
func (c *crew) postEndless(t *testing.T, path, token, instance string) (status int) {
	t.Helper()
	secure, err := c.Config().client()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: secure}}
	defer client.CloseIdleConnections()
	const size = 1 << 30
	body := new(endless)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Config().URL+path, io.LimitReader(body, size))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = size
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set(workerHeader, instance)
	if resp, err := client.Do(req); err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		status = resp.StatusCode
	}
	// More may be under way in the buffers of the system.
	if n := body.read.Load(); n > 16*mostSmall {
		t.Errorf("%s: %d bytes were taken", path, n)
	}
	return status
}

// A message of 1 GB is cut off and logged, whoever sends it: a stranger, one who has the
// token, and a worker that has a seat. An order whose result is so long makes the trial void.
func TestMessagesAreBounded(t *testing.T) {
	c := newCrew(t, "1s")
	c.start(t)
	seat := c.seats["generator-0"]
	seat.mu.Lock()
	worker := seat.instance
	given := &errand{most: mostSmall, result: make(chan result, 1)}
	seat.pending[1000] = given
	seat.mu.Unlock()
	token := c.Config().Token
	for _, m := range []struct{ path, token, worker, log string }{
		{"/hello", "", "", "does not have the token"},
		{"/hello", token, "another", "the message has more than 1048576 bytes"},
		{"/beat", token, worker, "the message has more than 1048576 bytes"},
		{"/next", token, worker, "it asks for orders with more than 1048576 bytes"},
		{"/done?order=1000", token, worker, "the message has more than 1048576 bytes"},
		{"/done?order=1001", token, worker, "the result of an order that it was not given"},
		{"/clock", token, worker, ""},
	} {
		c.mu.Lock()
		c.log = nil
		c.mu.Unlock()
		status := c.postEndless(t, m.path, m.token, m.worker)
		if m.log == "" {
			continue // what it says is not read
		}
		if status != 0 && status < 400 {
			t.Errorf("%s: status %d", m.path, status)
		}
		c.logged(t, m.log)
	}
	if res := <-given.result; !res.Void || !strings.Contains(res.Error, "more than 1048576 bytes") {
		t.Errorf("the result that was too long is %+v", res)
	}
}

// A stranger that does not even speak TLS is cut off and logged, as often as it comes; but
// not every time.
func TestStrangersConnection(t *testing.T) {
	c := newCrew(t, "1s")
	for range 3 * mostRefusals {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.Config().URL, "https://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			t.Log(err)
		}
		_, _ = io.Copy(io.Discard, conn) // until the coordinator closes it
		conn.Close()
	}
	c.logged(t, "refused a connection: ")
	c.logged(t, "(further refusals are not shown)")
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.log) != mostRefusals {
		t.Errorf("%d lines were logged, want %d", len(c.log), mostRefusals)
	}
}

// A stranger that announces a message and never sends it does not keep its connection, which
// a worker may need: the coordinator accepts only so many.
func TestStrangersDoNotStay(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "1s")
	secure, err := c.Config().client()
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(c.Config().URL, "https://")
	for range 64 + 8*len(c.opt.Seats) {
		conn, err := tls.Dial("tcp", address, secure)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	c.start(t)
}
